/** What goes through an ingestion does not stay in memory: 10 MB, and 1 GB in the long run, by a hashing encoder. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { generateFolder } from "./folder.ts";

const megabytes = process.env.POLYCALL_LONG ? 1000 : 10;
/** The peak after this many tenths has to do for all: 100 MB in the long run. */
const tenths = process.env.POLYCALL_LONG ? 1 : 5;
/** The pages of the file that SQLite maps, 256 MB at the most, count from when they are touched. */
const bound = process.env.POLYCALL_LONG ? 1.4 : 1.3;

test(`the peak of ${megabytes} MB is that of a part of them`, {
  timeout: 60_000 + megabytes * 3000,
}, async () => {
  const place = mkdtempSync(join(tmpdir(), "ingest-memory-"));
  try {
    const folder = join(place, "folder");
    generateFolder(folder, megabytes);
    const script = join(import.meta.dirname, "ingester.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      ...[script, folder, join(place, "kb.sqlite")],
    ]);
    const { stored, failed, peaks } = JSON.parse(stdout.split("\n")[1]!);
    expect({ stored, failed }).toEqual({ stored: megabytes * 20, failed: [] });
    console.log(`peak memory by tenths of ${megabytes} MB: ${peaks.join(", ")} MB`);
    expect(peaks[9]).toBeLessThanOrEqual(peaks[tenths - 1] * bound);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
