/** One call of the model: prepared, paid for in advance, asked, and kept before anything is done with it. */
import {
  APIError,
  type AssistantMessage,
  type Completion,
  type CompletionInput,
  type CompletionStream,
  type FinishReason,
  type Message,
  SchemaValidationError,
  type Usage,
} from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { compact } from "./compaction.ts";
import type { StepChange } from "./definition.ts";
import { Stopped } from "./errors.ts";
import { type Hold, type Need, tokensOf } from "./limits.ts";
import { needOf } from "./need.ts";
import { readOutputTool } from "./read-output.ts";
import { modelSpan } from "./spans.ts";
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
}

/** @throws Stopped where a condition of `stopWhen` holds; what `completion()` throws */
export async function think(run: ActiveRun, step: number): Promise<AssistantMessage> {
  let live = false;
  const thought = (await run.durable.step(`model ${step}`, async () => {
    live = true;
    run.live = true;
    await checkConditions(run);
    await compact(run, step);
    return (await ask(run, step)) as unknown as Json;
  })) as unknown as Thought;
  const { message, usage, cost, elapsed, ms, at, text, finish_reason, model } = thought;
  if (!live) {
    run.elapsed(elapsed);
    run.budget.add({ steps: 1, tokens: tokensOf(usage), cost: cost ?? 0 });
  }
  run.bill(usage, cost);
  run.partial = "";
  run.measured = usage && {
    tokens: usage.prompt_tokens + usage.completion_tokens,
    messages: run.messages.length + 1,
  };
  const reasoning = message.reasoning_content ?? undefined;
  run.steps.push({
    step,
    agent: run.agent.name,
    model,
    text,
    ...(reasoning && { reasoning }),
    finish_reason,
    ...(usage && { usage }),
    ...(cost !== undefined && { cost }),
    at,
    ms,
    calls: [],
  });
  if (live && usage) run.emit({ type: "usage", usage, ...(cost !== undefined && { cost }) });
  return message;
}

/** @throws Stopped */
async function checkConditions(run: ActiveRun): Promise<void> {
  run.startClock();
  for (const condition of run.conditions) {
    if (typeof condition === "function") {
      const said = await condition(run.progress);
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
  const input = await requestOf(run, step);
  const need = run.budget.counts ? await needOf(run, input) : undefined;
  const hold = await run.budget.reserve(need, run.signal);
  const at = Date.now();
  const since = performance.now();
  run.emit({ type: "step_start", step, agent: run.agent.name, model: input.model });
  try {
    const reply = await observed(run, step, limited(input, need, hold));
    const { text, usage } = reply;
    const choice = reply.choices[0];
    const cost = reply.cost?.total;
    hold.settle({
      steps: 1,
      tokens: tokensOf(usage),
      cost: cost ?? costAtMost(need, hold),
    });
    return {
      message: reply.toJSON().choices[0]!.message as AssistantMessage,
      text,
      finish_reason: choice?.finish_reason ?? null,
      model: input.model,
      ...(usage && { usage }),
      ...(cost !== undefined && { cost }),
      at,
      ms: Math.round(performance.now() - since),
      elapsed: Math.round(run.elapsedMs),
    };
  } catch (error) {
    // What was refused cost nothing; what broke on the way may have cost all of it.
    if (error instanceof APIError && error.status !== undefined)
      hold.settle({ steps: 1, tokens: 0, cost: 0 });
    else hold.settle();
    throw error;
  }
}

const costAtMost = (need: Need | undefined, { outputTokens }: Hold) =>
  (need?.inputCost ?? 0) + (need?.outputRate ?? 0) * outputTokens;

/** The request of this step: what the agent says, as `prepareStep` changes it. */
async function requestOf(run: ActiveRun, step: number): Promise<CompletionInput> {
  const { agent } = run;
  const change: StepChange =
    (await agent.prepareStep?.({
      step,
      agent: agent.name,
      model: agent.model,
      messages: run.messages,
      progress: run.progress,
    })) ?? {};
  const planning = agent.planFirst && step === 1;
  const offered = change.tools ?? (planning ? ["plan"] : undefined);
  const tools = [
    ...agent.offered.filter(({ function: { name } }) => !offered || offered.includes(name)),
    ...(run.hasCut ? [readOutputTool] : []),
  ];
  const forced = planning && { type: "function" as const, function: { name: "plan" } };
  const tool_choice = change.tool_choice ?? (forced || undefined) ?? agent.params.tool_choice;
  return {
    ...agent.params,
    model: change.model ?? agent.model,
    messages: (change.messages ?? run.messages) as Message[],
    ...(tools.length > 0 && { tools }),
    ...(tools.length > 0 && tool_choice && { tool_choice }),
    ...(run.owner.output && { response_format: run.owner.output }),
    signal: run.signal,
  };
}

/** The reply no longer than what was set aside for it. */
function limited(input: CompletionInput, need: Need | undefined, hold: Hold): CompletionInput {
  if (!need) return input;
  const key = input.max_tokens ? "max_tokens" : "max_completion_tokens";
  return input[key] === hold.outputTokens ? input : { ...input, [key]: hold.outputTokens };
}

function observed(run: ActiveRun, step: number, input: CompletionInput): Promise<Completion> {
  return run.observe(modelSpan(run, step, input), async (end) => {
    const since = performance.now();
    let firstChunkMs: number | undefined;
    const reply = await whole(run, input, () => {
      firstChunkMs ??= performance.now() - since;
    });
    const { model, provider, id, usage, cost, choices } = reply;
    end({
      model,
      provider,
      responseId: id,
      finish_reason: choices[0]?.finish_reason ?? null,
      ...(usage && { usage }),
      ...(cost && { cost: cost.total }),
      ...(firstChunkMs !== undefined && { firstChunkMs }),
      output: (choices[0]?.message ?? null) as unknown as Json,
    });
    return reply;
  });
}

/** The reply; one whose text does not fit the schema too, since the loop tells the model what is wrong. */
async function whole(
  run: ActiveRun,
  input: CompletionInput,
  arrived: () => void,
): Promise<Completion> {
  const { completion } = run.agent.client;
  try {
    if (!run.streaming)
      return (await completion({ ...input, stream: false })) as unknown as Completion;
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
