/** Writes the catalogue's snapshot: `npm run models -- [FILE]`; without FILE from models.dev. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { convert, providerNames } from "../../packages/models/src/refresh/convert.ts";
import { checkCatalogue } from "../../packages/models/src/refresh/source.ts";
import { root } from "../workspace.ts";
import { knownFile } from "./known.ts";

export const snapshotFile = join(root, "packages", "models", "src", "data", "snapshot.ts");
const url = "https://models.dev/api.json";

/**
 * The file's text.
 * @param catalogue models.dev's
 * @param date of it, YYYY-MM-DD
 * @throws InvalidRequestError with the path of what is wrong; Error naming a provider that it lacks
 */
export function snapshotText(catalogue: unknown, date: string): string {
  checkCatalogue(catalogue, Object.values(providerNames));
  const converted = convert(catalogue);
  for (const [provider, theirs] of Object.entries(providerNames)) {
    if (!converted[provider]) throw new Error(`The source has no provider "${theirs}".`);
  }
  const providers = Object.entries(converted).map(([name, entries]) => {
    const lines = entries.map((entry) => JSON.stringify(entry));
    const text = lines.join("\n");
    if (/[`\\]|\$\{/.test(text)) throw new Error(`${name} has a name that a template cannot hold.`);
    return `  ${name}: \`\n${text}\n\`,\n`;
  });
  return `/** The models of each provider, one a line. Made by \`npm run models\`; never edited by hand. */
import type { Source } from "../entry.ts";

/** models.dev, MIT licence. */
export const source: Source = { url: "${url}", date: "${date}" };

/** Lines of JSON: an entry without its provider and sources. */
export const lines: Readonly<Record<string, string>> = {
${providers.join("")}};
`;
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  const text = file ? readFileSync(file, "utf8") : await (await fetch(url)).text();
  const date =
    /\d{4}-\d{2}-\d{2}/.exec(basename(file ?? ""))?.[0] ?? new Date().toISOString().slice(0, 10);
  writeFileSync(snapshotFile, snapshotText(JSON.parse(text), date));
  // In a process of its own: the catalogue that is loaded here is the one before.
  const known = `const { knownText } = await import("./known.ts"); process.stdout.write(knownText());`;
  const node = ["--input-type=module", "--eval", known];
  writeFileSync(knownFile, execFileSync(process.execPath, node, { cwd: import.meta.dirname }));
  console.log(`${snapshotFile} and ${knownFile}: models.dev of ${date}`);
}
