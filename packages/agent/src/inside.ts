/** A sub-agent: a call of a tool that is a run of its own, within its caller's budgets. */
import type { Usage } from "@polycall/core";
import { ActiveRun } from "./active.ts";
import type { ApprovalRequest } from "./approval.ts";
import type { AgentTool } from "./definition.ts";
import { RunError, unkept } from "./errors.ts";
import { ledgerOf } from "./ledger.ts";
import { Budget, type Spent } from "./limits.ts";
import type { ReadCall } from "./read-call.ts";
import type { CallRecord, LedgerLine } from "./run.ts";
import { callKey, callSpan, runEnd, runSpan } from "./spans.ts";
import { type Json, StoreError } from "./store.ts";

/** Thrown through the caller's step, which is not done: a person is asked inside it. */
export class Suspended {
  readonly waiting: ApprovalRequest[];
  constructor(waiting: ApprovalRequest[]) {
    this.waiting = waiting;
  }
}

/** What is kept of a run inside a run. */
interface Inside {
  content: string;
  isError: boolean;
  at: number;
  ms: number;
  usage: Usage;
  spent: Spent;
  cost?: number;
  ledger: LedgerLine[];
  outside: boolean;
  always?: CallRecord["always"];
}

/**
 * Its failure is the call's result, so that the others go on.
 * @param live is called where it does run, and is not what was kept of it
 * @throws Suspended; what ended the run, or could not be written down
 */
export async function runInside(
  run: ActiveRun,
  call: ReadCall,
  { definition }: AgentTool,
  live: () => void,
): Promise<CallRecord> {
  const runId = `${run.runId}/${call.id}`;
  const limits = run.budget.left;
  const path = `${run.path}/${call.name}`;
  const child = { runId, agent: definition.name, path, input: call.input!, limits };
  const toolCallId = call.call.id;
  const kept = await run.durable.child(`call ${call.id}`, child, async (durable, input) => {
    live();
    const inner = new ActiveRun({
      durable,
      shared: run.shared,
      budget: new Budget(definition.stopWhen ?? [], run.budget),
      signal: run.signal,
      emit: (event) => run.emit({ type: "agent", toolCallId, agent: definition.name, event }),
      streaming: run.streaming,
      agent: definition,
      path,
      input: [{ role: "user", content: input }],
      history: [],
    });
    run.inside.push(inner);
    const ended = await observed(run, call, inner);
    if (ended instanceof Suspended) throw ended;
    // The caller's time is up, not its own: it goes on where the caller does.
    run.signal.throwIfAborted();
    const { content: text, isError, ms } = ended;
    run.emit({ type: "tool_result", toolCallId, name: call.name, text, isError, ms });
    return ended as unknown as Json;
  });
  const { outside, ...ended } = kept as unknown as Inside;
  return {
    id: call.id,
    toolCallId,
    name: call.name,
    args: call.json,
    idempotencyKey: callKey(run, call),
    runId,
    ...ended,
    ...(outside && { outside: true as const }),
    ...(call.decision && { decision: call.decision.action }),
  };
}

/**
 * Carries a run inside a run to its end.
 * @throws Suspended; what ended it, or could not be written down
 */
export async function carryInside(inner: ActiveRun): Promise<Inside> {
  const carried = await carry(inner);
  if (carried instanceof Suspended) throw carried;
  return carried;
}

/** Whoever observes sees the run within the call. */
function observed(run: ActiveRun, call: ReadCall, inner: ActiveRun): Promise<Inside | Suspended> {
  const span = () => callSpan(run, call);
  return run.observe(span, async (end) => {
    const carried = await carry(inner);
    end(() => {
      if (carried instanceof Suspended) return { status: "waiting" };
      const { content: output, isError } = carried;
      return { output, ...(isError && { error: output.slice(0, 500) }) };
    });
    return carried;
  });
}

async function carry(inner: ActiveRun): Promise<Inside | Suspended> {
  const at = Date.now();
  const since = performance.now();
  const outcome = await ended(inner);
  if (outcome instanceof Suspended) return outcome;
  const { usage, cost, budget, outside, always } = inner;
  return {
    ...outcome,
    at,
    ms: Math.round(performance.now() - since),
    usage,
    spent: budget.spent,
    ...(cost !== undefined && { cost }),
    ledger: ledgerOf(inner),
    outside,
    ...(always.size > 0 && { always: Object.fromEntries(always) }),
  };
}

/** The key of the call that a run inside a run is of. */
const callOf = (runId: string) => runId.replace(/\/([^/]*)$/, ":$1");

type Outcome = { content: string; isError: boolean } | Suspended;

async function ended(inner: ActiveRun): Promise<Outcome> {
  const { name } = inner.agent;
  try {
    const span = () => runSpan(inner, callOf(inner.runId));
    const end = await inner.observe(span, async (known) => {
      const ending = await inner.shared.conduct(inner);
      known(() => runEnd(inner, ending));
      return ending;
    });
    if (end.status === "waiting") return new Suspended(end.pending);
    const text = typeof end.output === "string" ? end.output : JSON.stringify(end.output);
    if (end.status === "done") return { content: text ?? "", isError: false };
    const why = end.status === "blocked" ? "was blocked" : "was stopped";
    const partial =
      end.status === "stopped" && inner.lastText ? ` What it had said: ${inner.lastText}` : "";
    return { content: `${name} ${why}: ${end.message}${partial}`, isError: true };
  } catch (error) {
    if (error instanceof RunError || inner.signal.aborted) throw error;
    if (error instanceof StoreError) throw unkept(inner.runId, error);
    return { content: `${name} failed: ${(error as Error)?.message ?? error}`, isError: true };
  }
}
