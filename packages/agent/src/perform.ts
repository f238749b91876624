/** One call of a tool's function: with a context, a limit of time, further tries, and whatever it returns or does. */
import type { AnyTool } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import type { AgentContext } from "./context.ts";
import { handOffTools } from "./hand-off.ts";
import { type Content, contentOf, markAsData, textOf } from "./output.ts";
import { planKey } from "./plan.ts";
import type { ReadCall } from "./read-call.ts";
import { cutOutput, readOutput, readOutputTool } from "./read-output.ts";
import type { CallRecord } from "./run.ts";
import { callKey, callSpan } from "./spans.ts";
import type { Json } from "./store.ts";

/** ms that a tool may take, where it says nothing. */
const usualTimeout = 300_000;

/** A call that was not run. */
export function refused(run: ActiveRun, call: ReadCall): CallRecord {
  return record(run, call, { content: call.problem!, isError: true, at: Date.now(), ms: 0 });
}

/**
 * Runs the tool. What it throws is told to the model.
 * @throws what ended the run
 */
export async function perform(run: ActiveRun, call: ReadCall): Promise<CallRecord> {
  const changed: { [key: string]: Json } = {};
  const toolCallId = call.call.id;
  return run.observe(callSpan(run, call), async (end) => {
    const at = Date.now();
    const since = performance.now();
    const { errorType, ...ended } = await outcome(run, call, changed);
    const ms = Math.round(performance.now() - since);
    const { content, isError } = ended;
    run.emit({
      type: "tool_result",
      toolCallId,
      name: call.name,
      text: textOf(content),
      isError,
      ms,
    });
    const error = isError && { error: textOf(content).slice(0, 500) };
    end({ output: textOf(content), ...error, ...(errorType && { errorType }) });
    return record(run, call, {
      ...ended,
      at,
      ms,
      ...(Object.keys(changed).length > 0 && { state: changed }),
    });
  });
}

type Ended = Pick<CallRecord, "content" | "isError" | "cut" | "handOff" | "outside">;

function record(
  run: ActiveRun,
  call: ReadCall,
  ended: Ended & Pick<CallRecord, "at" | "ms" | "state">,
): CallRecord {
  const { id, name, json, repaired, decision } = call;
  return {
    id,
    toolCallId: call.call.id,
    name,
    args: json,
    idempotencyKey: callKey(run, call),
    ...ended,
    ...(repaired && { repaired }),
    ...(decision && { decision: decision.action }),
  };
}

async function outcome(
  run: ActiveRun,
  call: ReadCall,
  changed: { [key: string]: Json },
): Promise<Ended & { errorType?: string }> {
  const tool = call.tool!;
  try {
    run.signal.throwIfAborted();
    if (call.decision?.action === "result")
      return { content: contentOf(call.decision.result), isError: false };
    const handOff = handOffTools.get(tool);
    if (handOff)
      return { content: `${handOff} has taken over.`, isError: false, handOff: call.name };
    const output =
      tool === readOutputTool
        ? await readOutput(run.shared.store, run.runId, call.args)
        : await withRetries(run, call, changed);
    return await shown(run, call, tool, contentOf(output));
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    const errorType = error instanceof Error ? error.name : typeof error;
    return { content: `Error: ${messageOf(error)}`, isError: true, errorType };
  }
}

const messageOf = (error: unknown) =>
  (error instanceof Error ? error.message || error.name : String(error)).slice(0, 4000);

async function shown(
  run: ActiveRun,
  call: ReadCall,
  tool: AnyTool,
  whole: Content,
): Promise<Ended> {
  const { untrusted } = tool.policy ?? {};
  const { store } = run.shared;
  const { content, cut } =
    tool === readOutputTool
      ? { content: whole, cut: false }
      : await cutOutput(whole, { tool, store, runId: run.runId, id: call.id });
  return {
    content: untrusted ? markAsData(content, call.name) : content,
    isError: false,
    ...(untrusted !== false && { outside: true as const }),
    ...(cut && { cut }),
  };
}

async function withRetries(run: ActiveRun, call: ReadCall, changed: { [key: string]: Json }) {
  const { maxRetries = 0 } = call.tool!.policy ?? {};
  for (let tries = 0; ; tries++) {
    try {
      return await timed(run, call, changed);
    } catch (error) {
      if (run.signal.aborted || tries >= maxRetries) throw error;
    }
  }
}

/** What the function returns, unless its time is up or the run ends first: it may never settle. */
async function timed(
  run: ActiveRun,
  call: ReadCall,
  changed: { [key: string]: Json },
): Promise<unknown> {
  const tool = call.tool!;
  const { timeout = usualTimeout } = tool.policy ?? {};
  const controller = new AbortController();
  const stop = () => controller.abort(run.signal.reason);
  run.signal.addEventListener("abort", stop, { once: true });
  const late = () =>
    controller.abort(new Error(`${call.name} took longer than ${timeout} ms and was given up.`));
  const timer = timeout > 0 ? setTimeout(late, timeout) : undefined;
  const context = toolContext(run, call, controller.signal, changed);
  try {
    const ended = new Promise<never>((_, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), {
        once: true,
      });
    });
    const output = (async () => tool.execute(call.args, context))();
    return await Promise.race([output, ended]);
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", stop);
  }
}

/** What the function is told. @param changed what it changes of the run's state goes here, too */
export function toolContext(
  run: ActiveRun,
  call: ReadCall,
  signal: AbortSignal = run.signal,
  changed: { [key: string]: Json } = {},
): AgentContext {
  const { name } = call;
  const toolCallId = call.call.id;
  const { context, session } = run.shared;
  return {
    context,
    signal,
    toolCallId,
    idempotencyKey: callKey(run, call),
    runId: run.runId,
    ...(session !== undefined && { session }),
    agent: run.agent.name,
    progress(value) {
      run.emit({ type: "tool_progress", toolCallId, name, value });
    },
    emit(event, data) {
      run.emit({ type: "data", name: event, data, toolCallId });
    },
    state: {
      get: (key) => (changed[key] ?? run.state.get(key)) as never,
      set(key, value) {
        changed[key] = value;
        run.state.set(key, value);
        if (key === planKey) run.emit({ type: "plan", plan: value as never });
      },
    },
  };
}
