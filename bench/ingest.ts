/**
 * Folders of generated Markdown into a SQLite file, each in a process of its own, with an encoder that hashes in
 * process (64 numbers): how fast, and how much memory at most. `node bench/ingest.ts [MB…]`
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IngestReport } from "@polycall/rag";
import { generateFolder } from "../packages/rag/test/folder.ts";
import { table } from "./measure.ts";

const asked = process.argv.slice(2).map(Number);
const ingester = join(import.meta.dirname, "../packages/rag/test/ingester.ts");
const place = mkdtempSync(join(tmpdir(), "bench-ingest-"));

/** Twice: the second run finds all unchanged. */
function ingested(folder: string, file: string): IngestReport & { peaks: number[] } {
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ingester, folder, file],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  if (status !== 0) throw new Error(`The ingestion of ${folder} failed.`);
  return JSON.parse(stdout.split("\n")[1]!);
}

try {
  const rows = (asked.length ? asked : [10, 100, 1000]).map((megabytes) => {
    const folder = join(place, String(megabytes));
    const file = join(place, `${megabytes}.sqlite`);
    generateFolder(folder, megabytes);
    const first = ingested(folder, file);
    const again = ingested(folder, file);
    for (const path of [folder, file]) rmSync(path, { recursive: true });
    const speed = ({ ms }: IngestReport) => ((megabytes * 1000) / ms).toFixed(1);
    return [
      `${megabytes} MB, ${first.stored} files, ${first.chunks} chunks`,
      speed(first),
      `${first.peaks.at(-1)}`,
      speed(again),
      `${again.peaks.at(-1)}`,
    ];
  });
  console.log("\n## Ingestion: Markdown into a SQLite file, hashing encoder\n");
  const columns = ["folder", "MB/s", "peak MB", "unchanged: MB/s", "peak MB"];
  console.log(table(columns, rows));
} finally {
  rmSync(place, { recursive: true, force: true });
}
