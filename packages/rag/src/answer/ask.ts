/** From a question to an answer: condense, retrieve, ask the model, resolve what it cites. */
import {
  type Completion,
  type CompletionStream,
  InvalidRequestError,
  type Message,
} from "@polycall/core";
import type { PolycallClient } from "polycall";
import type { Retriever } from "../retrieval/passage.ts";
import { emptyTrace, type TracedCall } from "../retrieval/trace.ts";
import type { Answer, AnswerTrace } from "./answer.ts";
import { resolveCitations } from "./citations.ts";
import { condensed, condensePrompt } from "./condense.ts";
import { answerPrompt, type PromptOptions } from "./prompt.ts";

export interface Asking extends PromptOptions {
  client: Pick<PolycallClient, "completion">;
  /** "provider/model". */
  model: string;
  retriever: Retriever;
}

export interface AskCall {
  history?: readonly Message[];
  signal?: AbortSignal;
}

/** An answer under way: its text as it comes, then the whole. */
export interface AnswerStream extends AsyncIterable<string> {
  /** The whole answer, once the text has ended; reads what nobody has read. */
  final(): Promise<Answer>;
}

/** @throws what `completion()` and the retriever throw */
export async function ask(asking: Asking, question: string, call: AskCall): Promise<Answer> {
  const work = await prepared(asking, question, call);
  if (!work.messages) return work.end(asking.unknown);
  const since = performance.now();
  const { model, client } = asking;
  const reply = (await client.completion({
    model,
    messages: work.messages,
    ...(call.signal && { signal: call.signal }),
  })) as unknown as Completion;
  work.note("answer", work.messages, reply, since);
  return work.end(reply.text);
}

/** The same, streamed. Nothing is asked before it is read. */
export function askStreaming(asking: Asking, question: string, call: AskCall): AnswerStream {
  let answer: Answer | undefined;
  const text = (async function* () {
    const work = await prepared(asking, question, call);
    if (!work.messages) {
      yield asking.unknown;
      answer = work.end(asking.unknown);
      return;
    }
    const since = performance.now();
    const { model, client } = asking;
    const stream = (await client.completion({
      model,
      messages: work.messages,
      stream: true,
      ...(call.signal && { signal: call.signal }),
    })) as unknown as CompletionStream;
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta.content;
      if (delta) yield delta;
    }
    const reply = (await stream.final()) as Completion;
    work.note("answer", work.messages, reply, since);
    answer = work.end(reply.text);
  })();
  return {
    [Symbol.asyncIterator]: () => text,
    async final() {
      for await (const _ of text);
      if (answer) return answer;
      throw new InvalidRequestError("The answer was left before its end, so there is no whole.");
    },
  };
}

/** What comes before the model is asked. Without messages there is nothing to ask it about. */
async function prepared(asking: Asking, question: string, { history = [], signal }: AskCall) {
  if (typeof question !== "string" || !question.trim()) {
    throw new InvalidRequestError("A question must be a text that is not empty.");
  }
  const trace: AnswerTrace = {
    ...{ question, history, query: question, retrievalMs: 0 },
    ...{ passages: [], unresolved: [] },
    ...emptyTrace(),
  };
  const note = (
    purpose: TracedCall["purpose"],
    messages: readonly Message[],
    { text, usage, cost }: Completion,
    since: number,
  ) => {
    trace.calls.push({
      ...{ purpose, model: asking.model, messages, reply: text },
      ...(usage && { usage }),
      ...(cost && { cost: cost.total }),
      ms: Math.round(performance.now() - since),
    });
  };
  if (history.length > 0) trace.query = await standalone(asking, trace, note, signal);
  const since = performance.now();
  const passages = await asking.retriever.retrieve(trace.query, {
    ...{ history, trace },
    ...(signal && { signal }),
  });
  trace.retrievalMs = Math.round(performance.now() - since);
  trace.passages = passages;
  const messages = passages.length ? answerPrompt(question, passages, history, asking) : undefined;
  return { messages, note, end: (text: string) => answerOf(text, trace, asking.unknown) };
}

/** The question without its conversation; as it is where the model gives none. */
async function standalone(
  { client, model }: Asking,
  trace: AnswerTrace,
  note: (
    purpose: "condense",
    messages: readonly Message[],
    reply: Completion,
    since: number,
  ) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { question, history } = trace;
  const messages = condensePrompt(question, history);
  const since = performance.now();
  try {
    const reply = (await client.completion({
      model,
      messages,
      ...(signal && { signal }),
    })) as unknown as Completion;
    note("condense", messages, reply, since);
    const query = condensed(reply.text);
    if (query) return query;
    trace.warnings.push("The model gave no question back; the user's own was searched for.");
  } catch (error) {
    if (signal?.aborted) throw error;
    trace.warnings.push(
      `The question could not be condensed (${(error as Error).message}); the user's own was searched for.`,
    );
  }
  return question;
}

/** What an answer cites, used and cost, by its trace. */
export function answerOf(text: string, trace: AnswerTrace, unknown: string): Answer {
  const { citations, unresolved } = resolveCitations(text, trace.passages);
  trace.unresolved = unresolved;
  const { passages, calls } = trace;
  const usages = calls.flatMap(({ usage }) => (usage ? [usage] : []));
  const costs = calls.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  const saysSo = text.trim().replace(/[.!…]+$/, "") === unknown.replace(/[.!…]+$/, "");
  return {
    ...{ text, known: passages.length > 0 && text.trim() !== "" && !saysSo, citations, passages },
    ...(usages.length === calls.length && { usage: sumOf(usages) }),
    ...(costs.length === calls.length && { cost: costs.reduce((sum, one) => sum + one, 0) }),
    trace,
  };
}

function sumOf(usages: readonly NonNullable<TracedCall["usage"]>[]): NonNullable<Answer["usage"]> {
  const sum = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  for (const usage of usages) {
    sum.prompt_tokens += usage.prompt_tokens;
    sum.completion_tokens += usage.completion_tokens;
    sum.total_tokens += usage.total_tokens;
  }
  return sum;
}
