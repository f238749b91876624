/** What the Chroma store asks of a client, where no Chroma is; on a server it is held to the contract by `npm run test:stores`. */
import { expect, test } from "vitest";
import { knowledgeBase } from "../src/index.ts";
import { type ChromaClient, type ChromaCollection, chromaStore } from "../src/stores/chroma.ts";
import { hashingEncoder } from "./hashing.ts";

test("Chroma never embeds: no function of its own is let in, and each record brings its vector", async () => {
  const asked: object[] = [];
  const added: Parameters<ChromaCollection["add"]>[0][] = [];
  const client: ChromaClient = {
    async getOrCreateCollection(options) {
      asked.push(options);
      return {
        metadata: options.metadata ?? null,
        add: async (records) => void added.push(records),
        get: async () => ({ ids: [], metadatas: [] }),
        query: async () => ({ metadatas: [[]], distances: [[]], embeddings: [[]] }),
        delete: async () => {},
        count: async () => 0,
      };
    },
  };
  const kb = knowledgeBase({
    embedding: hashingEncoder({ dimensions: 8 }),
    store: chromaStore({ client, collection: "docs" }),
  });
  await kb.ingest([{ source: "a", text: "One text." }]);
  expect(asked).toMatchObject([
    {
      name: "docs",
      embeddingFunction: null,
      metadata: { "polycall:model": "test/hashing", "polycall:dimensions": 8 },
    },
    { name: "docs-sources", embeddingFunction: null },
  ]);
  const [chunks, marks] = added;
  expect(chunks).toMatchObject({ documents: ["One text."], embeddings: [{ length: 8 }] });
  expect(marks).toMatchObject({ ids: ["a"], embeddings: [[1]] });
});
