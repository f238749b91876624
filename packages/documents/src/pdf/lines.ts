/** Pieces of text on a page to lines, and lines to stretches between wide gaps. */

/** What a PDF draws in one go. Upwards is more, as PDF counts. */
export interface Piece {
  text: string;
  x: number;
  /** Of the baseline. */
  y: number;
  width: number;
  size: number;
  /** A blank stood before it. */
  spaced: boolean;
  link?: string;
}

/** Text without a wide gap in it. */
export interface Stretch {
  text: string;
  x: number;
  end: number;
  size: number;
}

export interface Line {
  y: number;
  size: number;
  stretches: Stretch[];
}

/** Of the type size: what is narrower joins, what is wider parts columns. */
const wordGap = 0.15;
const columnGap = 1.2;
/** How far a baseline may be off and still be of the line: as an exponent is. */
const sameLine = 0.45;

/** From top to bottom, each from left to right. */
export function toLines(pieces: readonly Piece[]): Line[] {
  const rows: { y: number; size: number; pieces: Piece[] }[] = [];
  for (const piece of [...pieces].sort((a, b) => b.y - a.y || a.x - b.x)) {
    const row = rows.at(-1);
    if (row && row.y - piece.y <= sameLine * Math.max(row.size, piece.size)) {
      row.pieces.push(piece);
      // The largest type says where the line is.
      if (piece.size > row.size) Object.assign(row, { y: piece.y, size: piece.size });
    } else rows.push({ y: piece.y, size: piece.size, pieces: [piece] });
  }
  return rows.map(({ y, pieces }) => {
    const stretches = toStretches(pieces.sort((a, b) => a.x - b.x));
    return { y, size: prevailingSize(stretches), stretches };
  });
}

function toStretches(pieces: readonly Piece[]): Stretch[] {
  const stretches: Stretch[] = [];
  let link: string | undefined;
  const close = () => {
    const last = stretches.at(-1);
    if (link && last) last.text += `](${link})`;
    link = undefined;
  };
  for (const piece of pieces) {
    const last = stretches.at(-1);
    const gap = last ? piece.x - last.end : 0;
    const size = Math.max(piece.size, last?.size ?? 0);
    const apart = !last || (gap > columnGap * size && !isMark(last.text));
    if (piece.link !== link || apart) close();
    const opening = piece.link && piece.link !== link ? "[" : "";
    link = piece.link;
    if (apart) {
      const { x, width } = piece;
      stretches.push({ text: opening + piece.text, x, end: x + width, size: piece.size });
      continue;
    }
    // The same again, a hair beside it: bold type, poor man's.
    if (gap < -0.8 * piece.width && last.text.endsWith(piece.text)) continue;
    const space = gap > wordGap * size || piece.spaced ? " " : "";
    last.text += (/\s$/.test(last.text) ? "" : space) + opening + piece.text;
    last.size = piece.text.length > 3 ? Math.max(last.size, piece.size) : last.size;
    last.end = Math.max(last.end, piece.x + piece.width);
  }
  close();
  return stretches;
}

export const bullet = /^[•◦▪▫‣⁃●○■□–—∙·\uf0b7\uf0a7]$/;

/** What begins an item of a list, however far its text is. */
function isMark(text: string): boolean {
  return bullet.test(text.trim()) || /^(?:\d{1,3}|[a-z])[.)]$/i.test(text.trim());
}

export function prevailingSize(stretches: readonly Stretch[]): number {
  const counts = new Map<number, number>();
  for (const { text, size } of stretches) counts.set(size, (counts.get(size) ?? 0) + text.length);
  let best = stretches[0]?.size ?? 0;
  for (const [size, count] of counts) if (count > (counts.get(best) ?? 0)) best = size;
  return best;
}
