/** Zip archives: each file in it, converted in its turn, within one bound. */
import type { Converter } from "../converter.ts";
import { DocumentError } from "../errors.ts";
import { openZip } from "../formats/zip.ts";

export const convert: Converter["convert"] = async (file, context) => {
  const { limits, depth } = context;
  if (depth >= limits.maxDepth)
    throw new DocumentError(
      `It holds archives within archives deeper than ${limits.maxDepth} (limits.maxDepth).`,
      { code: "too_large" },
    );
  const zip = openZip(file.bytes, context);
  const warnings: string[] = [];
  const blocks: string[] = [];
  for (const name of [...zip.names].sort()) {
    // What macOS and version control put beside the files.
    if (/(?:^|\/)(?:__MACOSX|\.git|\.DS_Store)(?:\/|$)/.test(name)) continue;
    context.signal.throwIfAborted();
    try {
      const part = await context.convert({ bytes: zip.read(name), name });
      blocks.push(`## File: ${shown(name)}\n\n${part.markdown.trim()}`);
      warnings.push(...part.warnings.map((warning) => `${shown(name)}: ${warning}`));
    } catch (error) {
      // What exceeds a bound ends the whole; a file that no one reads does not.
      if (!(error instanceof DocumentError)) throw error;
      if (error.code === "too_large" || error.code === "timeout") throw error;
      warnings.push(`${shown(name)} was left out: ${error.message}`);
    }
  }
  const markdown = blocks.join("\n\n");
  return { markdown: markdown && `${markdown}\n`, warnings };
};

/** A name is only ever shown: it leads nowhere. */
function shown(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names in archives may hold anything
  return name.replace(/[\u0000-\u001f\u007f]/g, "�");
}
