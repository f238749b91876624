/** Text that is not Markdown, so that it reads as what it is. */

/** A line that would begin a heading, list, quote or HTML does not. */
export function escapeText(text: string): string {
  return text
    .replace(/^(\s*)(?=(?:#{1,6}|[-+*>])(?:\s|$))/gm, "$1\\")
    .replace(/^(\s*\d{1,9})(?=[.)]\s)/gm, "$1\\")
    .replace(/<(?=[a-z/!])/gi, "\\<");
}

/** For between brackets. */
export function escapeLabel(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[[\]]/g, "\\$&").trim();
}

/** An address as Markdown takes it, or undefined where it is none of the usual kinds. */
export function linkTarget(url: string): string | undefined {
  if (!/^(?:https?|mailto|tel):/i.test(url)) return undefined;
  return url
    .replace(/[\s()<>]/g, encodeURIComponent)
    .replace(/[()]/g, (c) => (c === "(" ? "%28" : "%29"));
}
