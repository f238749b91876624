/** `chunksToHTML()`: a page that shows where a document was cut. No script, nothing fetched. */
import type { Chunk, SourceDocument } from "../chunk.ts";
import type { Measure } from "../chunkers/size.ts";
import { chunkStatistics } from "../chunkers/statistics.ts";
import { escaped } from "./html.ts";
import { pageOf, tilesOf } from "./page.ts";
import { style } from "./style.ts";

export interface ChunksPageOptions {
  /** The size that the chunker was given: what is larger is marked. */
  limit?: number;
  /** What the chunker was given. Default: the length in characters */
  measure?: Measure;
}

/**
 * The document in the colours of its chunks: where each begins, what two share, what none has; each one's
 * offsets, size, page and headings where the pointer rests; and below, each as it is embedded. The page is
 * complete in itself and may be shown whatever the document holds.
 * @param chunks of this document, in order
 */
export function chunksToHTML(
  document: SourceDocument,
  chunks: readonly Chunk[],
  options: ChunksPageOptions = {},
): string {
  const { measure = (text) => text.length, limit } = options;
  const title = document.title ?? document.source;
  const sizes = chunks.map(({ text }) => measure(text));
  const told = chunks.map((chunk, i) => tellOf(chunk, i, sizes[i]!));
  const { size, overlap, oversize, stubs } = chunkStatistics(chunks, { limit, measure });
  const tiles: [string, string | number][] = [
    ["chunks", chunks.length],
    ["characters", document.text.length],
    ["median size", round(size.median)],
    ["smallest", round(size.min)],
    ["largest", round(size.max)],
    ["less than a quarter", stubs],
    ["overlapping", overlap.pairs],
    ["overlap, mean", round(overlap.mean)],
  ];
  if (limit !== undefined) tiles.push([`larger than ${limit}`, oversize]);
  const highest = Math.max(1, size.max, limit ?? 0);
  const isOver = (i: number) => limit !== undefined && sizes[i]! > limit;
  return pageOf({
    title: `${title}: ${chunks.length} chunks`,
    style,
    body: `<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(document.source)}</p>
${tilesOf(tiles)}
<div class="sizes">${chunks.map((_, i) => `<a href="#c${i}"${isOver(i) ? ' class="over"' : ""} style="height:${((sizes[i]! / highest) * 100).toFixed(1)}%" title="${escaped(told[i]!)}"></a>`).join("")}</div>
<h2>Where it was cut</h2>
<p class="quiet">Two colours by turns; <span class="source"><span class="both">shared by two or more</span></span>; grey is in none.</p>
<pre class="source">${body(document.text, chunks, told)}</pre>
<h2>As they are embedded</h2>
${chunks.map((chunk, i) => `<details id="t${i}"><summary>${escaped(told[i]!)}${isOver(i) ? ' <span class="pill">larger than asked</span>' : ""}</summary><pre>${escaped(chunk.text)}</pre></details>`).join("\n")}`,
  });
}

const round = (value: number) => Math.round(value * 10) / 10;

function tellOf(chunk: Chunk, index: number, size: number): string {
  const { start, end, headings, page, parent } = chunk;
  return [
    `#${index}: ${start} to ${end}, size ${round(size)}`,
    page !== undefined && `page ${page}`,
    parent && `parent ${parent.start} to ${parent.end}`,
    headings.length > 0 && headings.join(" > "),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The text in pieces that lie in the same chunks. */
function body(text: string, chunks: readonly Chunk[], told: readonly string[]): string {
  const places = new Set([0, text.length]);
  for (const { start, end } of chunks) places.add(start).add(end);
  const bounds = [...places].sort((a, b) => a - b);
  const pieces: string[] = [];
  let open: number[] = [];
  let next = 0;
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [from, to] = [bounds[i]!, bounds[i + 1]!];
    open = open.filter((one) => chunks[one]!.end > from);
    let begins = "";
    while (next < chunks.length && chunks[next]!.start <= from) {
      begins += `<a id="c${next}" class="cut"></a><sup>${next}</sup>`;
      open.push(next++);
    }
    const kind = open.length === 0 ? "none" : open.length > 1 ? "both" : open[0]! % 2 ? "b" : "a";
    const title = open.map((one) => told[one]!).join("\n");
    const shown = `<span class="${kind}"${title && ` title="${escaped(title)}"`}>${escaped(text.slice(from, to))}</span>`;
    pieces.push(begins + shown);
  }
  return pieces.join("");
}
