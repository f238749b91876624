/** A process that writes vectors until it is killed, and says after each which one is kept. */
import { writeSync } from "node:fs";
import { fileCache } from "../../src/node/file-cache.ts";

const [file, start] = process.argv.slice(2);
const cache = fileCache(file!);
for (let n = Number(start); ; n++) {
  const key = n.toString(16).padStart(64, "0");
  await cache.set([[key, new Float32Array(256).fill(n + 0.25)]]);
  writeSync(1, `${n}\n`);
}
