/** Zip archives: each file in it, converted in its turn, within one bound. */
import type { Converter } from "../converter.ts";
import { convertParts } from "../formats/parts.ts";
import { openZip } from "../formats/zip.ts";

/** What macOS and version control put beside the files. */
const beside = /(?:^|\/)(?:__MACOSX|\.git|\.DS_Store)(?:\/|$)/;

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const zip = openZip(bytes, context);
  const names = zip.names.filter((name) => !beside.test(name)).sort();
  const { parts, warnings } = await convertParts(
    names.map((name) => ({ name, bytes: () => zip.read(name) })),
    context,
  );
  const blocks = parts.map(({ name, markdown }) => `## File: ${name}\n\n${markdown}`.trim());
  return { markdown: blocks.length > 0 ? `${blocks.join("\n\n")}\n` : "", warnings };
};
