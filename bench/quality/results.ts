/** What was measured, kept beside the code: results.json, a key for each row. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Results } from "./row.ts";

const file = fileURLToPath(new URL("results.json", import.meta.url));

export const readResults = (): Results =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};

/** Numbers to five places: what is beyond is not measured. */
export function writeResults(results: Results): void {
  const short = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(5)) : value;
  writeFileSync(file, `${JSON.stringify(results, short, 1)}\n`);
}
