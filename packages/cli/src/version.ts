/** The version of this package. */
import { readFileSync } from "node:fs";

/** Beside `src` and `dist` alike. */
export function version(): string {
  const manifest = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
