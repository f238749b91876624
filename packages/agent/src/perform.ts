/** One call of a tool's function: with a context, a limit of time, further tries, and whatever it returns or does. */
import type { AnyTool } from "@polycall/core";
import { type ActiveRun, after, endless } from "./active.ts";
import type { AgentContext } from "./context.ts";
import { messageOf, RunError, unkept } from "./errors.ts";
import { handOffTools } from "./hand-off.ts";
import { type Content, contentOf, markAsData, textOf } from "./output.ts";
import { planKey } from "./plan.ts";
import type { ReadCall } from "./read-call.ts";
import { cutOutput, isShort, readOutput, readOutputTool } from "./read-output.ts";
import type { CallRecord } from "./run.ts";
import { callKey, callSpan } from "./spans.ts";
import { type Json, type Store, StoreError, VersionConflictError } from "./store.ts";

/** ms that a tool may take, where it says nothing. */
const usualTimeout = 300_000;

/** A call that was not run. */
export function refused(run: ActiveRun, call: ReadCall): CallRecord {
  const text = call.problem!;
  const toolCallId = call.call.id;
  run.emit({ type: "tool_result", toolCallId, name: call.name, text, isError: true, ms: 0 });
  return record(run, call, { content: text, isError: true }, Date.now(), 0);
}

/**
 * Runs the tool. What it throws is told to the model.
 * @throws what ended the run
 */
export async function perform(run: ActiveRun, call: ReadCall): Promise<CallRecord> {
  const changed: { [key: string]: Json } = Object.create(null);
  const toolCallId = call.call.id;
  const span = () => callSpan(run, call);
  return run.observe(span, async (end) => {
    const at = Date.now();
    const since = performance.now();
    const ended = await outcome(run, call, changed);
    const ms = Math.round(performance.now() - since);
    const { content, isError, errorType } = ended;
    const text = textOf(content);
    run.emit({ type: "tool_result", toolCallId, name: call.name, text, isError, ms });
    end(() => ({
      output: text,
      ...(isError && { error: text.slice(0, 500) }),
      ...(errorType && { errorType }),
    }));
    return record(run, call, ended, at, ms, changed);
  });
}

interface Ended extends Pick<CallRecord, "content" | "isError" | "cut" | "handOff" | "outside"> {
  errorType?: string;
}

function record(
  run: ActiveRun,
  call: ReadCall,
  { content, isError, cut, handOff, outside }: Ended,
  at: number,
  ms: number,
  changed: { [key: string]: Json } = {},
): CallRecord {
  const { id, name, json, repaired, decision } = call;
  const made: CallRecord = {
    id,
    toolCallId: call.call.id,
    name,
    args: json,
    idempotencyKey: callKey(run, call),
    content,
    isError,
    at,
    ms,
  };
  if (outside) made.outside = true;
  if (cut) made.cut = true;
  if (handOff) made.handOff = handOff;
  if (Object.keys(changed).length > 0) made.state = changed;
  if (repaired) made.repaired = true;
  if (decision) made.decision = decision.action;
  return made;
}

async function outcome(
  run: ActiveRun,
  call: ReadCall,
  changed: { [key: string]: Json },
): Promise<Ended> {
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
        ? await keeping(run, (store) => readOutput(store, run.runId, call.args))
        : await withRetries(run, call, changed);
    return await shown(run, call, tool, contentOf(output));
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    if (error instanceof RunError && error.runId === run.runId) throw error;
    const errorType = error instanceof Error ? error.name : typeof error;
    return { content: `Error: ${told(error)}`, isError: true, errorType };
  }
}

/** What a tool threw, in words for the model. */
const told = (error: unknown) => (messageOf(error) || (error as Error).name || "").slice(0, 4000);

async function shown(
  run: ActiveRun,
  call: ReadCall,
  tool: AnyTool,
  whole: Content,
): Promise<Ended> {
  const { untrusted } = tool.policy ?? {};
  const { runId } = run;
  const { content, cut } =
    tool === readOutputTool || isShort(whole, tool)
      ? { content: whole, cut: false }
      : await keeping(run, (store) => cutOutput(whole, { tool, store, runId, id: call.id }));
  const ended: Ended = {
    content: untrusted ? markAsData(content, call.name) : content,
    isError: false,
  };
  if (untrusted !== false) ended.outside = true;
  if (cut) ended.cut = true;
  return ended;
}

/** A store that fails ends the run: what came of the call is not lost, but done again. */
async function keeping<T>(run: ActiveRun, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(run.shared.store);
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof VersionConflictError)) throw error;
    throw unkept(run.runId, error);
  }
}

async function withRetries(run: ActiveRun, call: ReadCall, changed: { [key: string]: Json }) {
  const { maxRetries = 0, idempotent } = call.tool!.policy ?? {};
  const further = idempotent === false ? 0 : maxRetries;
  for (let tries = 0; ; tries++) {
    try {
      return await timed(run, call, changed);
    } catch (error) {
      if (run.signal.aborted || tries >= further) throw error;
    }
  }
}

/** What the function returns, unless its time is up or the run ends first: it may never settle. */
function timed(run: ActiveRun, call: ReadCall, changed: { [key: string]: Json }): Promise<unknown> {
  const tool = call.tool!;
  const { timeout = usualTimeout } = tool.policy ?? {};
  // Most tools never look at their signal, and making one costs more than a step of the loop.
  let controller: AbortController | undefined;
  const signalOf = () => {
    controller ??= new AbortController();
    return controller.signal;
  };
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      over();
      reject(reason);
      controller?.abort(reason);
    };
    const late = () =>
      stop(new Error(`${call.name} took longer than ${timeout} ms and was given up.`));
    const timer = timeout > 0 ? after(timeout, late) : undefined;
    const end = () => stop(run.signal.reason);
    const ends = run.signal !== endless;
    if (ends) run.signal.addEventListener("abort", end, { once: true });
    const over = () => {
      clearTimeout(timer);
      if (ends) run.signal.removeEventListener("abort", end);
    };
    const context = toolContext(run, call, signalOf, changed);
    const output = (async () => tool.execute(call.args, context))();
    output.then(
      (value) => {
        over();
        resolve(value);
      },
      (error) => {
        over();
        reject(error);
      },
    );
  });
}

/** What the function is told. @param changed what it changes of the run's state goes here, too */
export function toolContext(
  run: ActiveRun,
  call: ReadCall,
  signalOf: () => AbortSignal = () => run.signal,
  changed: { [key: string]: Json } = {},
): AgentContext {
  const { name } = call;
  const toolCallId = call.call.id;
  const { context, session } = run.shared;
  const made: AgentContext = {
    context,
    get signal() {
      return signalOf();
    },
    toolCallId,
    idempotencyKey: callKey(run, call),
    runId: run.runId,
    agent: run.agent.name,
    progress(value) {
      run.emit({ type: "tool_progress", toolCallId, name, value });
    },
    emit(event, data) {
      run.emit({ type: "data", name: event, data, toolCallId });
    },
    state: {
      get: (key) => run.state.get(key) as never,
      set(key, value) {
        changed[key] = value;
        run.state.set(key, value);
        if (key === planKey) run.emit({ type: "plan", plan: value as never });
      },
    },
  };
  if (session !== undefined) made.session = session;
  return made;
}
