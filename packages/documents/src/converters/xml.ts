/** XML of no better known kind, as code; a feed or a page in it goes its own way. */
import { declaredInMarkup, decodeText } from "../charset.ts";
import type { Converter } from "../converter.ts";
import { fenced } from "../formats/fence.ts";

export const convert: Converter["convert"] = async ({ bytes, charset }) => {
  const { text } = await decodeText(bytes, { charset, declared: declaredInMarkup });
  return { markdown: fenced(text, "xml"), warnings: [] };
};
