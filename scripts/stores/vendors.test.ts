/** What the stores over HTTP send, compiled against the types that the vendors publish of their APIs. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Store } from "../../packages/rag/src/index.ts";
import { elasticsearchStore } from "../../packages/rag/src/stores/elasticsearch.ts";
import { pineconeStore } from "../../packages/rag/src/stores/pinecone.ts";
import { qdrantStore } from "../../packages/rag/src/stores/qdrant.ts";
import { sourceOf } from "../../packages/rag/test/corpus.ts";
import { elasticsearchServer } from "../../packages/rag/test/elasticsearch-server.ts";
import { someFilters } from "../../packages/rag/test/filter-contract.ts";
import type { Loopback } from "../../packages/rag/test/loopback.ts";
import { pineconeServer } from "../../packages/rag/test/pinecone-server.ts";
import { qdrantServer } from "../../packages/rag/test/qdrant-server.ts";
import { installed } from "./installed.ts";

interface Vendor {
  vendor: string;
  package: string;
  imports: string;
  /** The end of each path, and the type of what is sent there. */
  types: Record<string, string>;
  server(key: string): Promise<Loopback>;
  connect(url: string, own: typeof fetch): Store;
}

const key = "the-key";
const vendors: Vendor[] = [
  {
    vendor: "Qdrant",
    package: "@qdrant/js-client-rest",
    imports: 'import type { Schemas } from "@qdrant/js-client-rest";',
    types: {
      "PUT docs": 'Schemas["CreateCollection"]',
      "PUT docs-sources": 'Schemas["CreateCollection"]',
      "PUT index": 'Schemas["CreateFieldIndex"]',
      "PUT points": 'Schemas["PointInsertOperations"]',
      "POST delete": 'Schemas["PointsSelector"]',
      "POST query": 'Schemas["QueryRequest"]',
      "POST scroll": 'Schemas["ScrollRequest"]',
      "POST count": 'Schemas["CountRequest"]',
    },
    server: qdrantServer,
    connect: (url, own) => qdrantStore({ url, apiKey: key, collection: "docs", fetch: own }),
  },
  {
    vendor: "Elasticsearch",
    package: "@elastic/elasticsearch",
    imports: 'import type { estypes } from "@elastic/elasticsearch";',
    types: {
      "PUT docs": 'Omit<estypes.IndicesCreateRequest, "index">',
      "PUT docs-sources": 'Omit<estypes.IndicesCreateRequest, "index">',
      "POST _search": "estypes.SearchRequest",
      "POST _delete_by_query": 'Omit<estypes.DeleteByQueryRequest, "index">',
      "POST _bulk": "estypes.BulkOperationContainer",
    },
    server: elasticsearchServer,
    connect: (url, own) => elasticsearchStore({ url, apiKey: key, index: "docs", fetch: own }),
  },
  {
    vendor: "Pinecone",
    package: "@pinecone-database/pinecone",
    imports:
      'import type * as db from "@pinecone-database/pinecone/dist/pinecone-generated-ts-fetch/db_data/models/index.js";',
    types: {
      "POST describe_index_stats": "db.DescribeIndexStatsRequest",
      "POST upsert": "db.UpsertRequest",
      "POST delete": "db.DeleteRequest",
      "POST fetch_by_metadata": "db.FetchByMetadataRequest",
      "POST query": "db.QueryRequest",
    },
    server: pineconeServer,
    connect: (host, own) => pineconeStore({ host, apiKey: key, namespace: "docs", fetch: own }),
  },
];

const folder = mkdtempSync(join(import.meta.dirname, ".requests-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const compiler = join(import.meta.dirname, "../../node_modules/.bin/tsc");

/** What the compiler has against it. */
function faults(name: string, lines: readonly string[]): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, lines.join("\n"));
  const flags = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--exactOptionalPropertyTypes",
    "false",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--ignoreConfig",
    file,
  ];
  try {
    execFileSync(compiler, flags, { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe.each(vendors)("$vendor", (vendor) => {
  test.skipIf(!installed(vendor.package))("takes each request by its own types", async () => {
    const server = await vendor.server(key);
    const sent = new Set<string>();
    const kinds = new Set<string>();
    function note(method: string, path: string, text: string): void {
      const kind = `${method} ${path.split("/").at(-1)}`;
      const type = vendor.types[kind];
      if (!type) throw new Error(`no type for ${kind}`);
      kinds.add(kind);
      const lines = kind === "POST _bulk" ? text.trimEnd().split("\n") : [text];
      // Of a bulk the documents are ours.
      const asked = lines.filter(
        (line) => kind !== "POST _bulk" || /^\{"(index|delete)":/.test(line),
      );
      for (const line of asked) sent.add(`{ const body: ${type} = ${line}; void body; }`);
    }
    const noting: typeof fetch = async (url, init) => {
      if (typeof init?.body === "string")
        note(init.method!, new URL(String(url)).pathname, init.body);
      return fetch(url, init);
    };
    const store = vendor.connect(server.url, noting);
    await store.open({ model: "m", dimensions: 16 });
    const metadata = { folder: "a", year: 2024, draft: true, tags: ["x"], none: [] };
    const put = sourceOf("a", ["one", "two"], { dimensions: 16, seed: 1, metadata });
    await store.replace("a", "h", put);
    const { vector } = put[0]!;
    await store.searchVector(vector, { k: 2, vectors: true });
    await store.searchText?.("one", { k: 2, filter: { folder: "a" }, vectors: true });
    for (const filter of someFilters(150)) await store.searchVector(vector, { k: 2, filter });
    await store.chunks("a", 0, 1);
    for await (const _ of store.all());
    for await (const _ of store.sources());
    await store.count();
    await store.remove(["a"]);
    await server.stop();
    expect([...kinds].sort()).toEqual(Object.keys(vendor.types).sort());
    const lines = [vendor.imports, ...sent];
    expect(faults(vendor.vendor, lines)).toBe("");
    // And the compiler does look: what the vendor does not know is refused.
    const [kind, type] = Object.entries(vendor.types).find(([name]) => /query|_search/.test(name))!;
    expect(
      faults(`${vendor.vendor}-wrong`, [
        vendor.imports,
        `const wrong: ${type} = { unheardOf: 1 };`,
      ]),
      kind,
    ).toMatch(/unheardOf/);
  });
});
