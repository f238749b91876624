/** One call of the model: prepared, paid for in advance, asked, and kept before anything is done with it. */
import {
  type AssistantMessage,
  type Completion,
  type CompletionInput,
  type CompletionStream,
  ContextWindowExceededError,
  type FinishReason,
  InvalidRequestError,
  type Message,
  SchemaValidationError,
  type Usage,
} from "@polycall/core";
import { type ActiveRun, endless } from "./active.ts";
import { type Compaction, compact, isFar, takeCompaction } from "./compaction.ts";
import type { StepChange, StepInfo } from "./definition.ts";
import { Stopped } from "./errors.ts";
import { hear, unlessEnded } from "./hooks.ts";
import { type Spent, type StopCondition, tokensOf } from "./limits.ts";
import { namesOf } from "./need.ts";
import type { StepRecord } from "./run.ts";
import { modelSpan } from "./spans.ts";
import { spend } from "./spend.ts";
import type { Json } from "./store.ts";

/** What is kept of a call of the model. */
interface Thought {
  message: AssistantMessage;
  text: string;
  finish_reason: FinishReason | null;
  model: string;
  usage?: Usage;
  cost?: number;
  at: number;
  ms: number;
  /** ms that the run had worked until then. */
  elapsed: number;
  /** What the budgets count, where it is not what usage and cost say. */
  spent?: Spent;
  /** The reply was held to what was left of them. */
  held?: true;
  /** Names of the tools that were offered, where not all were. */
  tools?: readonly string[];
  /** The model was shown other messages than the run's own. */
  other?: true;
  /** What was replaced by a summary before the model was asked. */
  compacted?: Compaction[];
}

/** @throws Stopped where a condition of `stopWhen` holds; what `completion()` throws */
export async function think(run: ActiveRun, step: number): Promise<AssistantMessage> {
  let live = false;
  const thought = (await run.durable.step(`model ${step}`, async () => {
    live = true;
    run.goLive();
    if (run.stop) throw run.stop;
    if (run.conditions.some(isAsked)) await checkConditions(run);
    const compacted = isFar(run) ? [] : await shorten(run, false);
    try {
      return thoughtOf(await ask(run, step), compacted);
    } catch (error) {
      // The window was smaller than is known, or the estimate too low.
      if (!(error instanceof ContextWindowExceededError)) throw error;
      const further = await shorten(run, true);
      if (!further.some(({ replaced }) => replaced > 0)) throw error;
      return thoughtOf(await ask(run, step), [...compacted, ...further]);
    }
  })) as unknown as Thought;
  const { message, usage, cost, ms, at, text, finish_reason, model } = thought;
  if (!live) {
    for (const one of thought.compacted ?? []) {
      takeCompaction(run, one);
      run.budget.add(one.spent);
    }
    const known = { steps: 1, tokens: tokensOf(usage), cost: cost ?? 0 };
    run.elapsed(thought.elapsed);
    run.budget.add(thought.spent ?? known);
  }
  run.bill(usage, cost);
  run.partial = "";
  run.offered = thought.tools;
  run.cut = thought.held === true && finish_reason === "length";
  const { agent } = run;
  const counted = usage && !thought.other && !agent.params.fallbacks?.length;
  run.measured = counted
    ? {
        tokens: usage.prompt_tokens + usage.completion_tokens,
        messages: run.messages.length + 1,
        model,
        tools: namesOf(run.toolsNow),
      }
    : undefined;
  const reasoning = message.reasoning_content ?? undefined;
  const record: StepRecord = {
    step,
    agent: agent.name,
    model,
    text,
    finish_reason,
    at,
    ms,
    calls: [],
  };
  if (reasoning) record.reasoning = reasoning;
  if (usage) record.usage = usage;
  if (cost !== undefined) record.cost = cost;
  run.steps.push(record);
  if (live && usage) run.emit({ type: "usage", usage, ...(cost !== undefined && { cost }) });
  return message;
}

function thoughtOf(thought: Thought, compacted: Compaction[]): Json {
  if (compacted.length > 0) thought.compacted = compacted;
  return thought as unknown as Json;
}

/** Puts a summary in the place of what is too long. @param force however long it is known to be */
async function shorten(run: ActiveRun, force: boolean): Promise<Compaction[]> {
  const asking = (input: CompletionInput) =>
    spend(run, input, (held) => observed(run, held, false));
  const done = await compact(run, asking, force);
  if (!done) return [];
  takeCompaction(run, done);
  if (done.replaced === 0) return [done];
  const message = `${done.replaced} messages were replaced by a summary.`;
  run.emit({ type: "notice", name: "compacted", message });
  return [done];
}

/** Budgets need no question: they are asked where a call takes its share. */
const isAsked = (one: StopCondition) => typeof one === "function" || one.kind === "toolCalled";

/** @throws Stopped */
async function checkConditions(run: ActiveRun): Promise<void> {
  for (const condition of run.conditions) {
    if (typeof condition === "function") {
      const said = await hear(run, () => condition(run.progress));
      if (said) {
        throw new Stopped(
          "custom",
          typeof said === "string" ? said : "A condition of stopWhen held.",
        );
      }
    } else if (condition.kind === "toolCalled" && run.progress.lastCalls.includes(condition.tool)) {
      throw new Stopped("toolCalled", `${condition.tool} was called.`);
    }
  }
}

async function ask(run: ActiveRun, step: number): Promise<Thought> {
  const { prepareStep } = run.agent;
  const prepared = prepareStep && (await hear(run, () => prepareStep(infoOf(run, step))));
  const { input, offered } = requestOf(run, step, prepared ?? {});
  const at = Date.now();
  const since = performance.now();
  const { reply, text, usage, cost, spent, held } = await spend(run, input, (within) => {
    run.emit({ type: "step_start", step, agent: run.agent.name, model: input.model });
    return observed(run, within);
  });
  const thought: Thought = {
    message: reply.toJSON().choices[0]!.message as AssistantMessage,
    text,
    finish_reason: reply.choices[0]?.finish_reason ?? null,
    model: input.model,
    at,
    ms: Math.round(performance.now() - since),
    elapsed: Math.round(run.elapsedMs),
  };
  if (usage) thought.usage = usage;
  if (cost !== undefined) thought.cost = cost;
  if (spent.cost !== (cost ?? 0) || spent.tokens !== tokensOf(usage)) thought.spent = spent;
  if (held) thought.held = true;
  if (offered) thought.tools = offered;
  if (input.messages !== run.messages) thought.other = true;
  return thought;
}

function infoOf(run: ActiveRun, step: number): StepInfo {
  const { name, model } = run.agent;
  return { step, agent: name, model, messages: run.messages, progress: run.progress };
}

/** The request of this step: what the agent says, as `prepareStep` changes it. */
function requestOf(run: ActiveRun, step: number, change: StepChange) {
  const { agent } = run;
  const planning = agent.planFirst && step === 1;
  const offered = change.tools ?? (planning ? ["plan"] : undefined);
  if (offered) checkOffered(run, offered);
  run.offered = offered;
  const tools = run.toolsNow;
  const forced = planning && { type: "function" as const, function: { name: "plan" } };
  const tool_choice = change.tool_choice ?? (forced || undefined) ?? agent.params.tool_choice;
  const input: CompletionInput = {
    ...agent.params,
    model: change.model ?? agent.model,
    messages: (change.messages ?? run.messages) as Message[],
  };
  if (tools.length > 0) input.tools = tools;
  if (tools.length > 0 && tool_choice) input.tool_choice = tool_choice;
  if (run.owner.output) input.response_format = run.owner.output;
  if (run.signal !== endless) input.signal = run.signal;
  return { input, offered };
}

/** @throws InvalidRequestError for a name that `prepareStep` gives and that no tool has */
function checkOffered({ agent: { name, tools } }: ActiveRun, offered: readonly string[]): void {
  const unknown = offered.find((one) => !tools.has(one));
  if (unknown === undefined) return;
  throw new InvalidRequestError(
    `prepareStep of ${name} offers a tool "${unknown}". Its tools are: ${[...tools.keys()].join(", ") || "none"}.`,
    { param: "prepareStep" },
  );
}

function observed(
  run: ActiveRun,
  input: CompletionInput,
  // completion() asks a stream but once: each call of the model is a step, kept and paid for as one.
  streaming = run.streaming || run.owner.output !== undefined,
): Promise<Completion> {
  const span = () => modelSpan(run, input, streaming);
  return run.observe(span, async (end) => {
    const since = performance.now();
    let firstChunkMs: number | undefined;
    const arrived = () => {
      firstChunkMs ??= performance.now() - since;
    };
    const reply = await unlessEnded(run, whole(run, input, streaming, arrived));
    end(() => {
      const { model, provider, id, usage, cost, choices } = reply;
      return {
        model,
        provider,
        responseId: id,
        finish_reason: choices[0]?.finish_reason ?? null,
        ...(usage && { usage }),
        ...(cost && { cost: cost.total }),
        ...(firstChunkMs !== undefined && { firstChunkMs }),
        output: (choices[0]?.message ?? null) as unknown as Json,
      };
    });
    return reply;
  });
}

/** The reply; one whose text does not fit the schema too, since the loop tells the model what is wrong. */
async function whole(
  run: ActiveRun,
  input: CompletionInput,
  streaming: boolean,
  arrived: () => void,
): Promise<Completion> {
  const { completion } = run.agent.client;
  try {
    if (!streaming) return (await completion({ ...input, stream: false })) as unknown as Completion;
    return await streamed(
      run,
      (await completion({ ...input, stream: true })) as unknown as CompletionStream,
      arrived,
    );
  } catch (error) {
    if (error instanceof SchemaValidationError && error.reply) return error.reply as Completion;
    throw error;
  }
}

async function streamed(
  run: ActiveRun,
  stream: CompletionStream,
  arrived: () => void,
): Promise<Completion> {
  const calls: { id: string; name: string }[] = [];
  for await (const { choices } of stream) {
    arrived();
    const delta = choices[0]?.delta;
    if (!delta) continue;
    let behind: Promise<void> | undefined;
    if (delta.reasoning_content) {
      behind = run.emit({ type: "reasoning", delta: delta.reasoning_content });
    }
    if (delta.content) {
      run.partial += delta.content;
      behind = run.emit({ type: "text", delta: delta.content });
    }
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      calls[index] ??= { id: id ?? "", name: called?.name ?? "" };
      const { id: toolCallId, name } = calls[index];
      if (called?.arguments) {
        behind = run.emit({ type: "tool_arguments", toolCallId, name, delta: called.arguments });
      }
    }
    if (behind) await behind;
  }
  return (await stream.final()) as Completion;
}
