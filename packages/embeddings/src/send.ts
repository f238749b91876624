/** One batch on its way: halved where it is too large, its one text cut or refused where that is too long. */
import {
  BadRequestError,
  ContextWindowExceededError,
  PolycallError,
  UnprocessableEntityError,
} from "@polycall/core";
import type { Waiting } from "./batches.ts";
import { beginning, type Estimate } from "./estimate.ts";
import type { Answer, Source } from "./source.ts";

export interface SendOptions {
  truncate?: boolean;
  estimate: Estimate;
}

/** Takes what came for a part of the batch. @param cut its one text was cut until it was taken */
export type Take = (part: readonly Waiting[], answer: Answer, cut: boolean) => Promise<void>;

/** What services say of a request that is too large, or of a text that is too long. */
const largeWords =
  /token|too (?:long|large|many)|context length|length|batch|exceed|at most|limit/i;

/** How much of a text is kept, time and again, until it is taken. */
const kept = 0.8;
const mostCuts = 20;

/** @throws ContextWindowExceededError naming the text that is too long; what the source throws */
export async function send(
  source: Source,
  batch: readonly Waiting[],
  options: SendOptions,
  take: Take,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await source.ask(batch.map(({ text }) => text));
  } catch (error) {
    if (!mayBeTooLarge(error)) throw error;
    if (batch.length === 1) return alone(source, batch[0]!, error, options, take);
    const half = Math.ceil(batch.length / 2);
    await send(source, batch.slice(0, half), options, take);
    return send(source, batch.slice(half), options, take);
  }
  return take(batch, answer, false);
}

/** A text that was refused alone. */
async function alone(
  source: Source,
  one: Waiting,
  refusal: PolycallError,
  { truncate, estimate }: SendOptions,
  take: Take,
): Promise<void> {
  const { model, limits } = source;
  const { textTokens: most } = limits;
  const isLong = refusal instanceof ContextWindowExceededError || one.tokens > (most ?? 256) / 2;
  if (!isLong) throw refusal;
  if (!truncate) throw tooLong(model, one.places[0]!, one.tokens, most, refusal);
  let { text } = one;
  for (let cuts = 0; ; cuts++) {
    text = beginning(text, kept);
    try {
      const answer = await source.ask([text]);
      return take([{ ...one, text, tokens: estimate(text) }], answer, true);
    } catch (error) {
      if (!mayBeTooLarge(error) || cuts === mostCuts || text.length < 3) throw error;
    }
  }
}

function mayBeTooLarge(error: unknown): error is PolycallError {
  if (error instanceof ContextWindowExceededError) return true;
  const isRefusal = error instanceof BadRequestError || error instanceof UnprocessableEntityError;
  if (isRefusal) return largeWords.test(error.message);
  return error instanceof PolycallError && error.status === 413;
}

/** @param tokens estimated */
export function tooLong(
  model: string,
  index: number,
  tokens: number,
  most: number | undefined,
  cause?: unknown,
): ContextWindowExceededError {
  const param = `texts[${index}]`;
  const count = (n: number) => n.toLocaleString("en");
  const takes = most ? `it takes ${count(most)}` : "it takes less";
  const what = `${param} is too long for ${model}: about ${count(tokens)} tokens, and ${takes}.`;
  const instead = "Cut it into chunks, or say truncate: true.";
  return new ContextWindowExceededError(`${what} ${instead}`, { model, param, cause });
}
