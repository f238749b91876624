/** A process that replaces sources in a SQLite store until it is killed: `node writer.ts PATH NAME`. */
import { sqliteStore } from "../src/node/sqlite.ts";
import { sourceOf } from "./corpus.ts";

const [path, name] = process.argv.slice(2) as [string, string];
const store = sqliteStore({ path });
await store.open({ model: "test/encoder", dimensions: 16 });
for (let round = 0; ; round++) {
  const source = `${name} ${round % 7}`;
  const texts = Array.from(
    { length: 1 + (round % 40) },
    (_, i) => `${name} round${round} part ${i}`,
  );
  const chunks = sourceOf(source, texts, { dimensions: 16, seed: round, metadata: { round } });
  await store.replace(source, String(round), chunks);
  console.log(round);
}
