/**
 * Cutting 10 MB of Markdown beside LangChain.js's splitters; BM25 beside minisearch, with how well both
 * rank: `node bench/retrieval.ts`. One after the other in each round, CPU time, medians.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bm25Index,
  type Chunker,
  evaluateRetriever,
  markdownChunker,
  recursiveChunker,
} from "@polycall/rag";
import { beirTestSet } from "@polycall/rag/beir";
import { sharedData } from "@polycall/testing";
import { median, table } from "./measure.ts";
import { retrievalPeers } from "./peers.ts";

const rounds = 5;
const peers = await retrievalPeers();

/** Medians in ms of CPU, the contenders taking turns; the first round is not counted. */
async function inTurn<Name extends string>(
  contenders: Record<Name, () => unknown>,
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const start = process.cpuUsage();
      await contenders[name]();
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) taken[name].push((user + system) / 1000);
    }
  }
  const medians = names.map((name) => [name, median(taken[name])]);
  return Object.fromEntries(medians) as Record<Name, number>;
}

function tenMegabytes(): string {
  const root = join(import.meta.dirname, "..");
  const pages = globSync(["docs/*.md", "packages/*/README.md"], { cwd: root }).sort();
  const once = pages.map((page) => readFileSync(join(root, page), "utf8")).join("\n\n");
  // Joined anew: a text made of copies of one string is read faster than a file.
  const all = once.repeat(Math.ceil(10e6 / once.length)).slice(0, 10e6);
  return Buffer.from(all).toString();
}

const text = tenMegabytes();
const cutBy = (chunker: Chunker) => () => chunker.chunk({ source: "all.md", text });
const options = { size: 1000, overlap: 200 };
for (const [what, contenders] of [
  [
    "recursive, 1000 characters, 200 repeated",
    {
      ...(peers && {
        "LangChain.js, without places": () => peers.recursive(text, options),
        "LangChain.js, with lines": () => peers.recursiveWithLines(text, options),
      }),
      "polycall, with offsets": cutBy(recursiveChunker(options)),
    },
  ],
  [
    "Markdown, 1600 characters",
    {
      ...(peers && {
        "LangChain.js, without headings": () => peers.markdown(text, { size: 1600, overlap: 0 }),
      }),
      "polycall, with offsets and headings": cutBy(markdownChunker({ size: 1600 })),
    },
  ],
] as const) {
  const times = Object.entries(await inTurn<string>(contenders));
  const slowest = times[0]![1];
  console.log(
    `\n${table(
      [what, "ms", "MB/s", "times the first"],
      times.map(([name, ms]) => [
        name,
        ms.toFixed(0),
        (text.length / 1000 / ms).toFixed(0),
        (slowest / ms).toFixed(1),
      ]),
    )}`,
  );
}

const data = sharedData("rag");
for (const name of data ? ["cranfield", "chunkeval-beir800"] : []) {
  const set = await beirTestSet(join(data!, name));
  const documents: { id: string; title: string; text: string }[] = [];
  for await (const { id, title, text } of set.corpus()) documents.push({ id, title, text });
  const made: Record<string, (query: string) => { id: string }[]> = {};
  const indexing = await inTurn<string>({
    ...(peers && {
      minisearch: () => {
        made.minisearch = peers.miniSearch(documents);
      },
    }),
    polycall: () => {
      const index = bm25Index();
      for (const { id, title, text } of documents) index.add(id, `${title} ${text}`);
      made.polycall = (query) => index.search(query, { k: 10 });
    },
  });
  const asking = await inTurn<string>(
    Object.fromEntries(
      Object.entries(made).map(([who, search]) => [
        who,
        () => {
          for (const { text } of set.queries) search(text);
        },
      ]),
    ),
  );
  const rows: string[][] = [];
  for (const [who, search] of Object.entries(made)) {
    const { scores } = await evaluateRetriever((query) => search(query).map(({ id }) => id), set);
    rows.push([
      who,
      indexing[who]!.toFixed(0),
      ((asking[who]! / set.queries.length) * 1000).toFixed(0),
      scores.ndcg.toFixed(3),
    ]);
  }
  const head = [
    `${name}: ${documents.length} texts, ${set.queries.length} queries`,
    "index, ms",
    "query, us",
    "nDCG@10",
  ];
  console.log(`\n${table(head, rows)}`);
}
