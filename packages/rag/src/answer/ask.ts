/** From a question to an answer: rewrite, retrieve, ask the model, resolve what it cites. */
import type { Completion, CompletionStream, Message } from "@polycall/core";
import type { PolycallClient } from "polycall";
import type { AnswerPrompt, AnswerTemplate } from "../prompts/answer-template.ts";
import { type QueryTechnique, queriesOf } from "../queries/technique.ts";
import type { Retriever } from "../retrieval/passage.ts";
import type { TracedCall } from "../retrieval/trace.ts";
import { type Answer, type AnswerTrace, answerTrace } from "./answer.ts";
import { resolveCitations } from "./citations.ts";
import { saysUnknown } from "./known.ts";
import { type AnswerStream, Streaming } from "./streaming.ts";

export interface Asking extends Pick<AnswerPrompt, "unknown" | "instructions" | "slots"> {
  client: Pick<PolycallClient, "completion">;
  /** "provider/model". */
  model: string;
  retriever: Retriever;
  /** What makes the question stand alone. */
  rewrite: QueryTechnique | false;
  template: AnswerTemplate;
}

export interface AskCall {
  history?: readonly Message[];
  signal?: AbortSignal;
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
  return new Streaming(written(asking, question, call));
}

/** The text as it comes; returns the whole. */
async function* written(
  asking: Asking,
  question: string,
  call: AskCall,
): AsyncGenerator<string, Answer> {
  const work = await prepared(asking, question, call);
  if (!work.messages) {
    yield asking.unknown;
    return work.end(asking.unknown);
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
  return work.end(reply.text);
}

/** What comes before the model is asked. Without messages there is nothing to ask it about. */
async function prepared(asking: Asking, question: string, { history = [], signal }: AskCall) {
  const trace = answerTrace(question, history);
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
  const call = { trace, ...(signal && { signal }) };
  const { rewrite } = asking;
  const [alone] = rewrite ? await queriesOf(rewrite, question, { history, ...call }) : [];
  if (alone) trace.query = alone.text;
  const since = performance.now();
  // What stands alone leans on no conversation.
  const passages = await asking.retriever.retrieve(trace.query, {
    ...call,
    ...(!alone && { history }),
  });
  trace.retrievalMs = Math.round(performance.now() - since);
  trace.passages = passages;
  const messages = passages.length
    ? asking.template.messages({ ...asking, question, passages, history })
    : undefined;
  return { messages, note, end: (text: string) => answerOf(text, trace, asking.unknown) };
}

/** What an answer cites, used and cost, by its trace. */
export function answerOf(text: string, trace: AnswerTrace, unknown: string): Answer {
  const { citations, unresolved } = resolveCitations(text, trace.passages);
  trace.unresolved = unresolved;
  const { passages } = trace;
  // What was kept from an earlier call has cost nothing now.
  const calls = trace.calls.filter(({ cached }) => !cached);
  const usages = calls.flatMap(({ usage }) => (usage ? [usage] : []));
  const costs = calls.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  return {
    ...{ text, known: passages.length > 0 && !saysUnknown(text, unknown), citations, passages },
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
