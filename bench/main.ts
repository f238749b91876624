/**
 * Every measurement, each in a process of its own: `npm run bench`, or `npm run bench calls many`.
 * Prints Markdown.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";

const all = [
  ...["calls", "chunks", "many", "start", "agent"],
  ...["documents", "graph", "ingest", "projection", "retrieval", "vectors"],
];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length) {
  console.error(`There is no measurement ${unknown.join(", ")}: ${all.join(", ")}.`);
  process.exit(1);
}
console.log(`Node ${process.versions.node}, ${cpus().length} cores, ${new Date().toISOString()}`);
for (const name of asked.length ? asked : all) {
  const file = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, [file], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
