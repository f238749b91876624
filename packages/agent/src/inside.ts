/** A sub-agent: a call of a tool that is a run of its own, within its caller's budgets. */
import { ActiveRun } from "./active.ts";
import type { ApprovalRequest } from "./approval.ts";
import type { AgentTool } from "./definition.ts";
import { RunError } from "./errors.ts";
import { Budget } from "./limits.ts";
import type { ReadCall } from "./read-call.ts";
import type { CallRecord } from "./run.ts";
import { callKey, callSpan, runEnd, runSpan } from "./spans.ts";
import type { Json } from "./store.ts";

/** Thrown through the caller's step, which is not done: a person is asked inside it. */
export class Suspended {
  readonly waiting: ApprovalRequest[];
  constructor(waiting: ApprovalRequest[]) {
    this.waiting = waiting;
  }
}

/**
 * Its failure is the call's result, so that the others go on.
 * @param live is called where it does run, and is not what was kept of it
 * @throws Suspended; what ended the run, or could not be written down
 */
export async function runInside(
  run: ActiveRun,
  call: ReadCall,
  { definition, input }: AgentTool,
  live: () => void,
): Promise<CallRecord> {
  const runId = `${run.runId}/${call.id}`;
  const asked = await input(call.args);
  const child = { runId, agent: definition.name, input: asked };
  const toolCallId = call.call.id;
  const kept = await run.durable.child(`call ${call.id}`, child, async (durable) => {
    live();
    const at = Date.now();
    const since = performance.now();
    const inner = new ActiveRun({
      durable,
      shared: run.shared,
      budget: new Budget(definition.stopWhen ?? [], run.budget),
      signal: run.signal,
      emit: (event) => run.emit({ type: "agent", toolCallId, agent: definition.name, event }),
      streaming: run.streaming,
      agent: definition,
      input: [{ role: "user", content: asked }],
      history: [],
    });
    const outcome = await observed(run, call, inner);
    if (outcome instanceof Suspended) throw outcome;
    const { content, isError } = outcome;
    const ms = Math.round(performance.now() - since);
    run.emit({ type: "tool_result", toolCallId, name: call.name, text: content, isError, ms });
    const record: CallRecord = {
      id: call.id,
      toolCallId,
      name: call.name,
      args: call.json,
      content,
      isError,
      at,
      ms,
      idempotencyKey: callKey(run, call),
      runId,
      usage: inner.usage,
      spent: { ...inner.budget.spent, ...(inner.cost !== undefined && { cost: inner.cost }) },
      ...(inner.outside && { outside: true as const }),
      ...(call.decision && { decision: call.decision.action }),
    };
    return record as unknown as Json;
  });
  return kept as unknown as CallRecord;
}

type Outcome = { content: string; isError: boolean } | Suspended;

/** Whoever observes sees the run within the call. */
function observed(run: ActiveRun, call: ReadCall, inner: ActiveRun): Promise<Outcome> {
  return run.observe(callSpan(run, call), async (end) => {
    const outcome = await ended(inner, callKey(run, call));
    if (outcome instanceof Suspended) end({ status: "waiting" });
    else {
      const { content: output, isError } = outcome;
      end({ output, ...(isError && { error: output.slice(0, 500) }) });
    }
    return outcome;
  });
}

async function ended(inner: ActiveRun, parent: string): Promise<Outcome> {
  const { name } = inner.agent;
  try {
    const end = await inner.observe(runSpan(inner, parent), async (known) => {
      const ending = await inner.shared.conduct(inner);
      known(runEnd(inner, ending));
      return ending;
    });
    if (end.status === "waiting") return new Suspended(end.pending);
    const text = typeof end.output === "string" ? end.output : JSON.stringify(end.output);
    if (end.status === "done") return { content: text ?? "", isError: false };
    const why = end.status === "blocked" ? "was blocked" : "was stopped";
    const partial = inner.lastText ? ` What it had said: ${inner.lastText}` : "";
    return { content: `${name} ${why}: ${end.message}${partial}`, isError: true };
  } catch (error) {
    if (error instanceof RunError || inner.signal.aborted) throw error;
    return { content: `${name} failed: ${(error as Error)?.message ?? error}`, isError: true };
  }
}
