/** Comparisons of chunkers and of encoders as tables in Markdown. */
import type { Difference, Interval } from "../evaluation/bootstrap.ts";
import { type ChunkerComparison, excerptMetrics } from "../evaluation/compare-chunkers.ts";
import type { EncoderComparison } from "../evaluation/compare-encoders.ts";
import type { ExcerptMetric } from "../evaluation/excerpts.ts";
import type { Metric } from "../evaluation/metrics.ts";

/** What readers call them. */
export const excerptMetricNames: { readonly [name in ExcerptMetric]: string } = {
  recall: "recall",
  precision: "precision",
  iou: "IoU",
  precisionOmega: "precision omega",
};

const metricNames: { readonly [name in Metric]: string } = {
  ndcg: "nDCG",
  mrr: "MRR",
  map: "MAP",
  recall: "recall",
  precision: "precision",
  hitRate: "hit rate",
};

/** Each chunker a row: its chunks, each metric with its interval, and how it differs from the first. */
export function chunkersToMarkdown({ chunkers, k, retriever }: ChunkerComparison): string {
  const head = [
    `${retriever}, ${broughtBy(k)}`,
    ...["chunks", "mean size"],
    ...excerptMetrics.map((name) => excerptMetricNames[name]),
    ...(chunkers.length > 1 ? ["recall less the first's", "IoU less the first's"] : []),
    ...(chunkers.some(({ failed }) => failed) ? ["failed"] : []),
  ];
  const rows = chunkers.map(({ chunker, statistics, scores, intervals, difference, failed }) => [
    code(chunker),
    `${statistics.count}`,
    statistics.size.mean.toFixed(0),
    ...excerptMetrics.map((name) => withInterval(scores[name], intervals[name])),
    ...(chunkers.length > 1
      ? (["recall", "iou"] as const).map((name) => (difference ? lessOf(difference[name]) : "–"))
      : []),
    ...(head.at(-1) === "failed" ? [`${failed}`] : []),
  ]);
  return table(head, rows);
}

/** Each encoder a row; then each pair of them, where there are two. */
export function encodersToMarkdown({ encoders, pairs, metrics, k }: EncoderComparison): string {
  const named = metrics.map((name) => `${metricNames[name]}@${k}`);
  const head = ["encoder", ...named, "dimensions", "texts/s", "ms a query", "dollars", "failed"];
  const rows = encoders.map((one) => {
    const { model, evaluation, intervals, dimensions, textsPerSecond, queryMs, cost } = one;
    if (!evaluation) {
      const why = one.error instanceof Error ? one.error.message : String(one.error);
      return [code(model), ...metrics.map(() => "–"), "–", "–", "–", "–", cell(why)];
    }
    return [
      code(model),
      ...metrics.map((name) => withInterval(evaluation.scores[name], intervals![name]!)),
      `${dimensions}`,
      textsPerSecond === undefined ? "–" : rough(textsPerSecond),
      queryMs === undefined ? "–" : rough(queryMs),
      cost === undefined ? "–" : rough(cost),
      `${evaluation.failed}`,
    ];
  });
  if (pairs.length === 0) return table(head, rows);
  const compared = pairs.map(({ first, second, comparisons }) => [
    `${code(second)} less ${code(first)}`,
    ...comparisons.map(lessOf),
  ]);
  return `${table(head, rows)}\n\n${table(["pair", ...named], compared)}`;
}

/** "5 chunks", as words. */
export const broughtBy = (k: number | "holding"): string =>
  k === "holding" ? "as many chunks as hold an excerpt" : `${k} chunks`;

/** "0.72 (0.70 to 0.75)" */
export const withInterval = (value: number, [low, high]: Interval): string =>
  `${figure(value)} (${figure(low)} to ${figure(high)})`;

/** "+0.012 (-0.001 to +0.025), p 0.08" */
export function lessOf({ difference, interval, p }: Difference): string {
  const [low, high] = interval.map(signed);
  const told = p < 0.001 ? "p < 0.001" : `p ${p.toFixed(3)}`;
  return `${signed(difference)} (${low} to ${high}), ${told}`;
}

/** To two places that count. */
const rough = (value: number) => `${Number(value.toPrecision(2))}`;
const figure = (value: number) => value.toFixed(3);
const signed = (value: number) => {
  const shown = figure(value);
  return Number(shown) === 0 ? "0.000" : value > 0 ? `+${shown}` : shown;
};

/** As it stands in a cell. */
const cell = (text: string) => text.replace(/\s+/g, " ").replace(/[|\\]/g, "\\$&");
const code = (text: string) => `\`${cell(text).replaceAll("`", "'")}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
