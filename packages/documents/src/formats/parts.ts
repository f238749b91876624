/** The files within a file: each converted in its turn; one that cannot be does not stop the rest. */
import type { ConvertContext } from "../converter.ts";
import { DocumentError } from "../errors.ts";

export interface Part {
  name: string;
  mediaType?: string;
  bytes(): Uint8Array;
}

export interface ConvertedParts {
  parts: { name: string; markdown: string }[];
  warnings: string[];
}

/** @throws DocumentError `too_large` where they nest too deeply, or exceed what is left of the bounds */
export async function convertParts(
  parts: readonly Part[],
  context: ConvertContext,
): Promise<ConvertedParts> {
  const { limits, depth, signal } = context;
  if (parts.length > 0 && depth >= limits.maxDepth)
    throw new DocumentError(
      `It holds files within files deeper than ${limits.maxDepth} (limits.maxDepth).`,
      { code: "too_large" },
    );
  const converted: ConvertedParts = { parts: [], warnings: [] };
  for (const part of parts) {
    signal.throwIfAborted();
    const name = shown(part.name);
    const { mediaType } = part;
    try {
      const bytes = part.bytes();
      const read = await context.convert({ bytes, name, ...(mediaType && { mediaType }) });
      converted.parts.push({ name, markdown: read.markdown.trim() });
      converted.warnings.push(...read.warnings.map((warning) => `${name}: ${warning}`));
    } catch (error) {
      // What exceeds a bound ends the whole.
      if (!(error instanceof DocumentError)) throw error;
      if (error.code === "too_large" || error.code === "timeout") throw error;
      converted.warnings.push(`${name} was left out: ${error.message}`);
    }
  }
  return converted;
}

/** A name is only ever shown: it leads nowhere. */
function shown(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names in archives may hold anything
  return name.replace(/[\u0000-\u001f\u007f]/g, "�");
}
