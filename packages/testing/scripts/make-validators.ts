/** Writes JSON Schemas of the SDKs' request types to src/validate/schemas. Run: `pnpm make-validators`. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeAll } from "./schemas.ts";

const folder = fileURLToPath(new URL("../src/validate/schemas/", import.meta.url));
for (const [name, schema] of Object.entries(makeAll())) {
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(schema, null, 2)}\n`);
}
execFileSync("npx", ["biome", "format", "--write", folder], { stdio: "inherit" });
