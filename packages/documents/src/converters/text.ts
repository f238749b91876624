/** Plain text and Markdown, as they are. */
import { decodeText } from "../charset.ts";
import type { Converter } from "../converter.ts";

export const convert: Converter["convert"] = async ({ bytes, charset }) => {
  const { text } = await decodeText(bytes, { charset });
  const markdown = text.replace(/\r\n?/g, "\n");
  const title = /^#\s+(.+?)\s*#*$/m.exec(markdown.slice(0, 5000))?.[1];
  return { markdown, ...(title && { title }), warnings: [] };
};
