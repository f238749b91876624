/**
 * A process that ingests a folder into a SQLite file: `node ingester.ts FOLDER FILE [LOG] [encode|replace N]`.
 * It says when it begins and prints its report, with its peak memory in MB at each tenth; what it has embedded, by hashing, is a line each in LOG. It may
 * be told to die when it has embedded, or stored, so often.
 */
import { appendFileSync } from "node:fs";
import { knowledgeBase, sqliteStore } from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

const [root, path, log, deadly, times] = process.argv.slice(2) as [string, string, ...string[]];
let left = Number(times);
/** A step is done; the last, too, if it is the one. */
const did = (step: string) => {
  if (step === deadly && --left === 0) process.kill(process.pid, "SIGKILL");
};
const hashing = hashingEncoder({ remembers: false });
// What an index holds while it is built is another matter.
const store = sqliteStore({ path, index: false });
const kb = knowledgeBase({
  embedding: {
    ...hashing,
    async encode(texts, options) {
      if (log) appendFileSync(log, texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
      const vectors = await hashing.encode(texts, options);
      did("encode");
      return vectors;
    },
  },
  store: {
    ...store,
    async replace(...what) {
      await store.replace(...what);
      did("replace");
    },
  },
});
console.log("begun");
const peaks: number[] = [];
const report = await kb.ingest(".", {
  root,
  onProgress({ done, total = 0 }) {
    while (done * 10 >= total * (peaks.length + 1) && peaks.length < 10)
      peaks.push(Math.round(process.resourceUsage().maxRSS / 1024));
  },
});
await kb.close();
console.log(JSON.stringify({ ...report, peaks }));
