/** A process that takes documents from a queue: `node queue-worker.ts NAME ROOT FILE REDIS LOG`. */
import { appendFileSync } from "node:fs";
import { knowledgeBase, sqliteStore } from "../src/index.ts";
import { ingestWorker } from "../src/queue/index.ts";
import { hashingEncoder } from "./hashing.ts";

const [name, root, path, url, log] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const hashing = hashingEncoder({ remembers: false, ms: 3 });
const kb = knowledgeBase({
  embedding: {
    ...hashing,
    async encode(texts, options) {
      appendFileSync(log, texts.map((text) => `${JSON.stringify([name, text])}\n`).join(""));
      return hashing.encode(texts, options);
    },
  },
  store: sqliteStore({ path }),
});
await ingestWorker(kb, { connection: { url }, root, concurrency: 2, stalledAfter: 1000 });
console.log("ready");
