/** `semanticChunker()`: cuts where neighbouring sentences mean something else. */
import { InvalidRequestError } from "@polycall/core";
import { checkVectors, cosine, type Encoder } from "@polycall/embeddings";
import type { Chunk, Chunker, SourceDocument } from "../chunk.ts";
import { cut, type Range } from "./cut.ts";
import { plainChunks } from "./recursive.ts";
import { sentencesOf } from "./sentences.ts";
import { breakFinder, textSeparators } from "./separators.ts";
import { checkSize, type Measure, nameOf } from "./size.ts";

export interface SemanticOptions {
  encoder: Encoder;
  /** The most that a chunk may be, in characters or as `measure` counts. Default: 1600 */
  size?: number;
  /** What is smaller joins the neighbour it is more like. Default: a tenth of `size` */
  least?: number;
  measure?: Measure;
  /** Cuts lie where the distance is among the greatest: beyond this share of all. Default: 0.9 */
  percentile?: number;
  /** Sentences to each side that are embedded together with one. Default: 1 */
  around?: number;
  /** Of the text, BCP 47. Default: the runtime's */
  locale?: string;
}

const anywhere = breakFinder(textSeparators);

/**
 * Embeds each sentence with its neighbours and cuts where the vectors of two that follow one another are far
 * apart; larger pieces are cut further where they are furthest apart. One embedding for each sentence.
 * @throws InvalidRequestError for settings that cannot be; what the encoder throws
 */
export function semanticChunker(options: SemanticOptions): Chunker {
  const { encoder, size = 1600, measure, percentile = 0.9, around = 1, locale } = options;
  const least = options.least ?? Math.floor(size / 10);
  checkSize(size, 0);
  if (!(percentile >= 0 && percentile <= 1)) {
    throw new InvalidRequestError(`percentile is 0 to 1, not ${percentile}.`);
  }
  const settings = { model: encoder.model, size, least, measure, percentile, around, locale };
  const sizeOf = (text: string) => (measure ? measure(text) : text.length);

  async function chunk(document: SourceDocument): Promise<Chunk[]> {
    const { text } = document;
    const sentences = sentencesOf(text, locale);
    const spread = ({ start, end }: Range) => text.slice(start, end);
    const distances = await distancesOf(
      sentences.map((_, i) => {
        const first = sentences[Math.max(0, i - around)]!;
        const last = sentences[Math.min(sentences.length - 1, i + around)]!;
        return spread({ start: first.start, end: last.end });
      }),
      encoder,
    );
    const sorted = [...distances].sort((a, b) => a - b);
    const threshold = sorted[Math.floor(percentile * (sorted.length - 1))] ?? 0;
    /** Sentences from first to last, as a range of the text. */
    const range = (first: number, last: number): Range => ({
      start: sentences[first]!.start,
      end: sentences[last]!.end,
    });
    const fits = (first: number, last: number) => sizeOf(spread(range(first, last))) <= size;

    /** [first, last] of sentences that fit. */
    const groups: [number, number][] = [];
    const divide = (first: number, last: number): void => {
      const open: [number, number][] = [[first, last]];
      while (open.length) {
        const [from, to] = open.pop()!;
        if (from === to || fits(from, to)) groups.push([from, to]);
        else {
          let furthest = from;
          for (let i = from; i < to; i++) if (distances[i]! > distances[furthest]!) furthest = i;
          open.push([furthest + 1, to], [from, furthest]);
        }
      }
    };
    let first = 0;
    for (let i = 0; i < sentences.length; i++) {
      if (i < sentences.length - 1 && !(distances[i]! > threshold)) continue;
      divide(first, i);
      first = i + 1;
    }
    for (let i = 0; i < groups.length; ) {
      const [from, to] = groups[i]!;
      const [before, after] = [groups[i - 1], groups[i + 1]];
      const small = sizeOf(spread(range(from, to))) < least;
      const joins = {
        before:
          small && before && fits(before[0], to) ? distances[from - 1]! : Number.POSITIVE_INFINITY,
        after: small && after && fits(from, after[1]) ? distances[to]! : Number.POSITIVE_INFINITY,
      };
      if (joins.before === Number.POSITIVE_INFINITY && joins.after === Number.POSITIVE_INFINITY)
        i++;
      else if (joins.before <= joins.after) groups.splice(--i, 2, [before![0], to]);
      else groups.splice(i, 2, [from, after![1]]);
    }
    const rules = {
      ...{ size, overlap: 0, measure },
      breakAt: (_: number, low: number, limit: number) => anywhere(text, low, limit),
    };
    const ranges = groups.flatMap(([from, to]) => {
      const { start, end } = range(from, to);
      return cut(text, start, end, rules);
    });
    return plainChunks(document, ranges);
  }
  return { name: nameOf("semantic", settings), chunk };
}

/** 1 - cosine of each text's vector and the next's. */
async function distancesOf(texts: readonly string[], encoder: Encoder): Promise<number[]> {
  if (texts.length < 2) return [];
  const vectors = await encoder.encode(texts, { role: "document" });
  checkVectors(encoder.model, vectors, texts.length, encoder.dimensions);
  return vectors.slice(1).map((vector, i) => 1 - cosine(vectors[i]!, vector));
}
