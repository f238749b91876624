/** markitdown-ts on a file, as its README says. */
import { MarkItDown } from "markitdown-ts";

const peer = new MarkItDown();

/** @param {string} path @returns {Promise<string>} Markdown */
export async function convert(path) {
  const result = await peer.convert(path);
  if (!result?.markdown) throw new Error("nothing came of it");
  return result.markdown;
}
