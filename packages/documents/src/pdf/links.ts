/** Where on a page something leads to an address, and which words that is. */
import { escapeLabel, linkTarget } from "../formats/escape.ts";
import type { Piece } from "./lines.ts";

export interface Link {
  target: string;
  left: number;
  bottom: number;
  right: number;
  top: number;
}

/** @param annotations a page's, as pdf.js gives them */
export function linksOf(annotations: readonly unknown[]): Link[] {
  return (annotations as { subtype?: string; url?: string; rect?: number[] }[]).flatMap((one) => {
    const target = one.subtype === "Link" && one.url ? linkTarget(one.url) : undefined;
    const [left = 0, bottom = 0, right = 0, top = 0] = one.rect ?? [];
    return target ? [{ target, left, bottom, right, top }] : [];
  });
}

/** The piece as it is, or in parts of which one is a link: whole words, by how far along they stand. */
export function withLinks(piece: Piece, links: readonly Link[]): Piece[] {
  const { text, x, y, width, size } = piece;
  const middle = y + size / 3;
  const link = links.find(
    ({ left, right, bottom, top }) =>
      middle >= bottom &&
      middle <= top &&
      Math.min(right, x + width) - Math.max(left, x) > size / 3,
  );
  if (!link || width <= 0) return [piece];
  const perSign = width / text.length;
  const from = wordEdge(text, (link.left - x) / perSign);
  const to = wordEdge(text, (link.right - x) / perSign);
  if (to <= from) return [piece];
  const part = (start: number, end: number): Piece => {
    const raw = text.slice(start, end);
    const words = raw.trim();
    const at = start + raw.indexOf(words);
    return {
      ...piece,
      text: words,
      x: x + at * perSign,
      width: words.length * perSign,
      spaced: start === 0 ? piece.spaced : /\s/.test(text[at - 1] ?? ""),
    };
  };
  const parts = [
    part(0, from),
    { ...part(from, to), text: escapeLabel(text.slice(from, to)), link: link.target },
    ...(to < text.length ? withLinks(part(to, text.length), links) : []),
  ];
  return parts.filter((one) => one.text);
}

/** The nearest beginning or end of a word: letters differ in width. */
function wordEdge(text: string, at: number): number {
  let best = at < text.length / 2 ? 0 : text.length;
  for (const { index } of text.matchAll(/(?<=\s)(?=\S)|(?<=\S)(?=\s)|^|$/g)) {
    if (Math.abs(index - at) < Math.abs(best - at)) best = index;
  }
  return best;
}
