/** JSON and lines of JSON, as code: keys and values stay what they are. */
import { decodeText } from "../charset.ts";
import type { Converter } from "../converter.ts";
import { fenced } from "../formats/fence.ts";

export const convert: Converter["convert"] = async ({ bytes, charset, mediaType }) => {
  const { text } = await decodeText(bytes, { charset });
  const warnings: string[] = [];
  const lines = mediaType !== "application/json";
  try {
    for (const one of lines ? text.split("\n").filter((line) => line.trim()) : [text])
      JSON.parse(one);
  } catch (error) {
    // Lines of JSON often go by the plain name.
    if (lines || !isLines(text)) warnings.push(`It is no valid JSON: ${(error as Error).message}`);
  }
  return { markdown: fenced(text, "json"), warnings };
};

function isLines(text: string): boolean {
  try {
    for (const line of text.split("\n")) if (line.trim()) JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
