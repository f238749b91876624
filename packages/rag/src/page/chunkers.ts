/** `chunkersToHTML()`: a page that shows how chunkers compare, and the questions at which they differ most. */
import type { SourceDocument } from "../chunk.ts";
import type { Difference } from "../evaluation/bootstrap.ts";
import {
  type ChunkerComparison,
  type ChunkerEvaluation,
  excerptMetrics,
} from "../evaluation/compare-chunkers.ts";
import type { ExcerptMetric, ExcerptQuestion, Place } from "../evaluation/excerpts.ts";
import { intersection, type Range, union } from "../evaluation/ranges.ts";
import type { ExcerptSet } from "../evaluation/read-excerpts.ts";
import { broughtBy, excerptMetricNames, lessOf, withInterval } from "./comparison-tables.ts";
import { escaped } from "./html.ts";
import { pageOf, tilesOf } from "./page.ts";
import { style } from "./style.ts";

export interface ChunkersPageOptions {
  /** How many questions are shown, those first at which the chunkers differ most. Default: 12 */
  questions?: number;
}

const ownStyle = `${style}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
td.name{font-family:ui-monospace,monospace;min-width:9rem}
.range{position:relative;height:6px;min-width:6rem;background:var(--head);margin-top:3px}
.range i{position:absolute;top:0;bottom:0;background:#5b8def;min-width:2px}
.range b{position:absolute;top:-2px;bottom:-2px;width:2px;background:var(--ink)}
.sizes span{flex:1 1 0;min-width:1px;background:#5b8def}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}
.charts figure{margin:0}
.charts figcaption{font-size:12px}
mark{background:var(--both);color:inherit}
details .body{padding:.3rem .7rem}
h3{font:600 13px ui-monospace,monospace;margin:.9rem 0 .3rem}
`;

/**
 * The chunkers side by side: metrics with their intervals, how large the chunks are, and the questions at which
 * recall, then IoU, differ most: for each chunker the chunks that hold some of the answer, the excerpts marked,
 * and whether they were brought. Complete in itself, no script; may be shown whatever the documents hold.
 * @param testSet the one that was compared on
 */
export function chunkersToHTML(
  comparison: ChunkerComparison,
  testSet: ExcerptSet,
  { questions = 12 }: ChunkersPageOptions = {},
): string {
  const { chunkers, k, retriever, confidence } = comparison;
  const documents = new Map(testSet.documents.map((one) => [one.source, one]));
  const shown = differing(chunkers).slice(0, questions);
  const title = `${chunkers.length} chunkers on ${testSet.questions.length} questions`;
  const failed = chunkers.reduce((sum, one) => sum + one.failed, 0);
  const body = `<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(`${broughtBy(k)} for each question, found by ${retriever}; intervals of ${confidence * 100} %`)}</p>
${tilesOf([
  ["chunkers", chunkers.length],
  ["questions", testSet.questions.length],
  ["documents", testSet.documents.length],
  ["characters", testSet.documents.reduce((sum, { text }) => sum + text.length, 0)],
  ...(failed ? [["searches that failed", failed] as const] : []),
])}
<h2>Metrics</h2>
<div class="wide"><table class="metrics"><tr><th>chunker</th>${excerptMetrics.map((name) => `<th>${excerptMetricNames[name]}</th>`).join("")}</tr>
${chunkers.map(metricsRow).join("\n")}</table></div>
${chunkers.length > 1 ? `<h2>Beside the first</h2>\n${differenceTable(chunkers)}` : ""}
<h2>Sizes, in characters</h2>
<div class="charts">${charts(chunkers)}</div>
<h2>Where they differ most</h2>
<p class="quiet">The excerpts that answer are <mark>marked</mark>. A chunk without a rank was not brought.</p>
${shown.map((at) => questionOf(at, chunkers, testSet.questions[at]!, documents)).join("\n")}`;
  return pageOf({ title, style: ownStyle, body });
}

const percent = (share: number) => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;

function metricsRow({ chunker, scores, intervals }: ChunkerEvaluation): string {
  const cells = excerptMetrics.map((name) => {
    const [low, high] = intervals[name];
    const bar = `<i style="left:${percent(low)};width:${percent(high - low)}"></i><b style="left:${percent(scores[name])}"></b>`;
    return `<td>${withInterval(scores[name], intervals[name])}<div class="range">${bar}</div></td>`;
  });
  return `<tr><td class="name">${escaped(chunker)}</td>${cells.join("")}</tr>`;
}

function differenceTable(chunkers: readonly ChunkerEvaluation[]): string {
  const cellOf = (difference: { [name in ExcerptMetric]: Difference }, name: ExcerptMetric) => {
    const { better, worse } = difference[name];
    return `<td>${lessOf(difference[name])}<br><small>${better} better, ${worse} worse</small></td>`;
  };
  const rows = chunkers.flatMap(({ chunker, difference }) => {
    if (!difference) return [];
    const cells = excerptMetrics.map((name) => cellOf(difference, name));
    return [`<tr><td class="name">${escaped(chunker)}</td>${cells.join("")}</tr>`];
  });
  const heads = excerptMetrics.map((name) => `<th>${excerptMetricNames[name]}</th>`).join("");
  const first = escaped(`less ${chunkers[0]!.chunker}`);
  return `<div class="wide"><table class="differences"><tr><th>${first}</th>${heads}</tr>\n${rows.join("\n")}</table></div>`;
}

const bins = 40;

/** All on one scale, so that they compare. */
function charts(chunkers: readonly ChunkerEvaluation[]): string {
  const largest = Math.max(1, ...chunkers.map(({ statistics }) => statistics.size.max));
  const width = Math.ceil(largest / bins);
  return chunkers
    .map(({ chunker, chunks, statistics }) => {
      const counts = new Array<number>(bins).fill(0);
      for (const { size } of chunks) counts[Math.min(bins - 1, Math.floor(size / width))]!++;
      const most = Math.max(1, ...counts);
      const bars = counts.map((count, i) => {
        const told = `${i * width} to ${(i + 1) * width - 1}: ${count}`;
        return `<span style="height:${percent(count / most)}" title="${told}"></span>`;
      });
      const { min, median, mean, p95, max } = statistics.size;
      const told = `${statistics.count} chunks of ${min} to ${max}: median ${median}, mean ${mean.toFixed(0)}, 95 % up to ${p95}`;
      return `<figure><div class="sizes">${bars.join("")}</div><figcaption>${escaped(chunker)}<br><small>${told}</small></figcaption></figure>`;
    })
    .join("\n");
}

/** Places of the questions, those first whose recall, then IoU, is spread most. */
function differing(chunkers: readonly ChunkerEvaluation[]): number[] {
  const spread = (at: number, name: ExcerptMetric) => {
    const all = chunkers.map(({ questions }) => questions[at]!.scores[name]);
    return Math.max(...all) - Math.min(...all);
  };
  return [...chunkers[0]!.questions.keys()]
    .map((at) => ({ at, recall: spread(at, "recall"), iou: spread(at, "iou") }))
    .filter(({ recall, iou }) => recall > 0 || iou > 0)
    .sort((a, b) => b.recall - a.recall || b.iou - a.iou || a.at - b.at)
    .map(({ at }) => at);
}

function questionOf(
  at: number,
  chunkers: readonly ChunkerEvaluation[],
  question: ExcerptQuestion,
  documents: ReadonlyMap<string, SourceDocument>,
): string {
  const { text } = documents.get(question.source)!;
  const told = chunkers.map(({ chunker, chunks, questions }) => {
    const { found, scores, error } = questions[at]!;
    const keyOf = ({ source, start, end }: Place) => JSON.stringify([source, start, end]);
    const ranks = new Map(found.map((place, i) => [keyOf(place), i + 1]));
    const holding = chunks.filter((chunk) => holds(question, chunk));
    const pieces = holding.map((chunk) => {
      const rank = ranks.get(keyOf(chunk));
      const which = rank ? `rank ${rank}` : "not brought";
      return `<p class="quiet">${which}: ${chunk.start} to ${chunk.end}</p>\n<pre class="source">${marked(text, chunk, question.excerpts)}</pre>`;
    });
    const others = found.filter((place) => !holds(question, place));
    const beside = others.map(({ source, start, end }) => `${source} ${start} to ${end}`);
    const figures = excerptMetrics.map(
      (name) => `${excerptMetricNames[name]} ${scores[name].toFixed(3)}`,
    );
    return [
      `<h3>${escaped(chunker)}</h3>`,
      `<p class="quiet">${figures.join(" · ")}</p>`,
      error !== undefined && `<p class="pill">${escaped(`failed: ${messageOf(error)}`)}</p>`,
      ...pieces,
      beside.length > 0 &&
        `<p class="quiet">Brought, and holds none of it: ${escaped(beside.join("; "))}</p>`,
    ]
      .filter(Boolean)
      .join("\n");
  });
  const recalls = chunkers.map(({ questions }) => questions[at]!.scores.recall);
  const range = `recall ${Math.min(...recalls).toFixed(2)} to ${Math.max(...recalls).toFixed(2)}`;
  return `<details class="question"><summary>${escaped(question.text)} <span class="pill">${range}</span> <small>${escaped(question.source)}</small></summary><div class="body">${told.join("\n")}</div></details>`;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Whether a chunk holds some of the excerpts: more than touching one. */
function holds({ source, excerpts }: ExcerptQuestion, place: Place): boolean {
  if (place.source !== source) return false;
  return excerpts.some((excerpt) => excerpt.start < place.end && place.start < excerpt.end);
}

/** A chunk's own text, the excerpts marked. */
function marked(text: string, place: Range, excerpts: readonly Range[]): string {
  const inside = union(excerpts.flatMap((one) => intersection(one, place) ?? []));
  let at = place.start;
  let shown = "";
  for (const { start, end } of inside) {
    if (start === end) continue;
    shown += escaped(text.slice(at, start));
    shown += `<mark>${escaped(text.slice(start, end))}</mark>`;
    at = end;
  }
  return shown + escaped(text.slice(at, place.end));
}
