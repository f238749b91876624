/**
 * The script of the page that `plot()` writes, from its source in `packages/embeddings/src/page`:
 * `node scripts/page-script.ts`.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./workspace.ts";

export const pageScriptPath = join(root, "packages/embeddings/src/pictures/script.ts");

/** What the file holds. */
export async function pageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "packages/embeddings/src/page/main.ts")],
    ...{ bundle: true, minify: true, write: false, format: "iife", target: "es2023" },
    // What the page's policy allows is these bytes and no others.
    charset: "ascii",
    legalComments: "none",
  });
  const script = outputFiles[0]!.text.trim();
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its own tag.");
  // In a text it would look like a template.
  const text = JSON.stringify(script).replaceAll("${", "\\u0024{");
  const hash = createHash("sha256").update(script).digest("base64");
  return `/** The page's script: made by \`node scripts/page-script.ts\` from \`src/page\`, never edited. */

export const scriptHash = "sha256-${hash}";

// biome-ignore format: as it was made.
export const script = ${text};
`;
}

if (import.meta.main) writeFileSync(pageScriptPath, await pageScript());
