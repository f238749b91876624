/** Web pages: all of one, or its main content. */
import { declaredInMarkup, decodeText } from "../charset.ts";
import type { Converter } from "../converter.ts";
import { htmlToMarkdown } from "../formats/html.ts";

export const convert: Converter["convert"] = async ({ bytes, charset, url }, { style }) => {
  const { text } = await decodeText(bytes, { charset, declared: declaredInMarkup });
  const main = style.content === "main" ? await mainContent(text) : undefined;
  const { markdown, title, language } = htmlToMarkdown(main?.html ?? text, { style, base: url });
  const named = main?.title || title;
  return {
    markdown,
    ...(named && { title: named }),
    ...((language || main?.author) && {
      metadata: { ...(language && { language }), ...(main?.author && { author: main.author }) },
    }),
    warnings:
      style.content === "main" && !main ? ["No main content was found: all of it is given."] : [],
  };
};

/** As a browser's reading view finds it; MediaWiki says itself where it is. */
async function mainContent(
  text: string,
): Promise<{ html: string; title?: string; author?: string } | undefined> {
  const [{ parseHTML }, { Readability }] = await Promise.all([
    import("linkedom"),
    import("@mozilla/readability"),
  ]);
  const { document } = parseHTML(text);
  const wiki = document.querySelector("#mw-content-text");
  if (wiki) return { html: wiki.innerHTML, title: document.title };
  const found = new Readability(document).parse();
  if (!found?.content) return undefined;
  const { content, title, byline } = found;
  return { html: content, ...(title && { title }), ...(byline && { author: byline }) };
}
