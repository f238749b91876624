/** The calls of one reply: read, allowed, run at once as far as they may, and answered in their order. */
import type { ToolCall, ToolMessage } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import type { ApprovalRequest } from "./approval.ts";
import { type Asked, askFor, decide, decisionOf, outcomeRequest, requestFor } from "./ask.ts";
import { agentTools, type HandOff } from "./definition.ts";
import { unlessEnded } from "./hooks.ts";
import { runInside, Suspended } from "./inside.ts";
import { perform, refused } from "./perform.ts";
import { type ReadCall, readCall } from "./read-call.ts";
import { noticed } from "./repeats.ts";
import type { CallRecord } from "./run.ts";
import type { Json } from "./store.ts";

interface Executed {
  results: ToolMessage[];
  waiting: ApprovalRequest[];
  /** The agent that takes the word. */
  handOff?: HandOff;
}

/**
 * The order is the same however often it is done: first all calls are read and asked about, then those run
 * that nobody is asked about, then those that were decided.
 */
export async function execute(
  run: ActiveRun,
  step: number,
  toolCalls: readonly ToolCall[],
): Promise<Executed> {
  const calls: ReadCall[] = [];
  const last = run.steps.at(-1)!;
  for (let index = 0; index < toolCalls.length; index++) {
    const cut = last.finish_reason === "length" && index === toolCalls.length - 1;
    calls.push(await readCall(run, `${step}.${index}`, toolCalls[index]!, cut));
  }
  if (run.live) {
    for (const { call, name, args } of calls) {
      run.emit({ type: "tool_call", toolCallId: call.id, name, args });
    }
  }
  const asked: { call: ReadCall; question: Asked }[] = [];
  const free: ReadCall[] = [];
  for (const call of calls) {
    const request = await requestFor(run, call);
    if (request) asked.push({ call, question: await askFor(run, request) });
    else free.push(call);
  }
  const records = new Map<string, CallRecord>();
  const waiting: ApprovalRequest[] = [];
  await runAll(run, free, records, waiting);
  const decided: ReadCall[] = [];
  for (const { call, question } of asked) {
    const decision = await decisionOf(run, question);
    if (decision) decided.push(await decide(run, call, question.request, decision));
    else waiting.push(question.request);
  }
  if (decided.length > 0) await runAll(run, decided, records, waiting);
  if (waiting.length > 0) return { results: [], waiting };
  const done = calls.map((call) => records.get(call.id)!);
  last.calls = done;
  const first = done.find((record) => record.handOff);
  const results = done.map((record) => {
    const late = first && record.handOff && record !== first;
    return noticed(run, late ? { ...record, content: `Not done: ${first.content}` } : record);
  });
  const handOff = first && run.agent.handOffs.get(first.handOff!);
  return { results, waiting, ...(handOff && { handOff }) };
}

/**
 * Runs calls, `maxParallelCalls` at once; a serial one alone, in its place. Then a person is asked about those
 * that were begun before, have not ended, and must not run twice.
 */
async function runAll(
  run: ActiveRun,
  calls: readonly ReadCall[],
  records: Map<string, CallRecord>,
  waiting: ApprovalRequest[],
): Promise<void> {
  const ready: ReadCall[] = [];
  for (const call of calls) ready.push(await beginCall(run, call));
  const interrupted: ReadCall[] = [];
  let group: ReadCall[] = [];
  const flush = async () => {
    await pooled(run.agent.maxParallelCalls, group, async (call) => {
      const outcome = await runOne(run, call);
      if (outcome instanceof Suspended) waiting.push(...outcome.waiting);
      else if (outcome === "interrupted") interrupted.push(call);
      else records.set(call.id, outcome);
    });
    group = [];
  };
  for (const call of ready) {
    if (call.tool?.policy?.serial) await flush();
    group.push(call);
    if (call.tool?.policy?.serial) await flush();
  }
  await flush();
  if (interrupted.length === 0) return;
  const again: ReadCall[] = [];
  for (const call of ready.filter((one) => interrupted.includes(one))) {
    const more = { ...call, again: (call.again ?? 0) + 1 };
    const asked = await askFor(run, outcomeRequest(run, more));
    const decision = await decisionOf(run, asked);
    if (decision) again.push(await decide(run, more, asked.request, decision));
    else waiting.push(asked.request);
  }
  if (again.length > 0) await runAll(run, again, records, waiting);
}

/** The name of the step; another one each time that a person has it run again. */
const stepOf = ({ id, again }: ReadCall) => `call ${id}${again ? `!${again}` : ""}`;

const mayRunOnce = ({ tool }: ReadCall) => tool?.policy?.idempotent === false;

/** Notes that the call begins. The order of what is kept is that of the calls, so nothing here is at once. */
async function beginCall(run: ActiveRun, call: ReadCall): Promise<ReadCall> {
  if (!call.tool || call.problem || call.decision?.action === "result") return call;
  const inner = agentTools.get(call.tool);
  if (!inner) {
    await run.durable.begin(stepOf(call), call.name, mayRunOnce(call));
    return call;
  }
  try {
    const input = (async () => inner.input(call.args))();
    return { ...call, input: await unlessEnded(run, input) };
  } catch (error) {
    run.signal.throwIfAborted();
    return { ...call, problem: `Error: ${(error as Error)?.message ?? error}` };
  }
}

async function runOne(
  run: ActiveRun,
  call: ReadCall,
): Promise<CallRecord | Suspended | "interrupted"> {
  let live = false;
  const began = () => {
    live = true;
    run.goLive();
  };
  const inner = call.input === undefined ? undefined : agentTools.get(call.tool!);
  const kept = (work: () => Promise<CallRecord>) =>
    run.durable.step(stepOf(call), async (before) => {
      if (before > 0 && mayRunOnce(call)) return { interrupted: before };
      began();
      return (await work()) as unknown as Json;
    }) as unknown as Promise<CallRecord | { interrupted: number }>;
  try {
    const record = await (inner
      ? runInside(run, call, inner, began)
      : kept(() => (call.problem ? Promise.resolve(refused(run, call)) : perform(run, call))));
    if ("interrupted" in record) return "interrupted";
    if (!live && record.spent) run.budget.add(record.spent);
    if (record.spent) run.bill(record.usage, record.cost);
    run.take(record);
    return record;
  } catch (error) {
    if (error instanceof Suspended) return error;
    throw error;
  }
}

/** At most `limit` at once, begun in order. One that fails does not stop the others; then the first failure is thrown. */
async function pooled<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  if (items.length === 1) return work(items[0]!);
  let next = 0;
  const failures: unknown[] = [];
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const item = items[next++]!;
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
