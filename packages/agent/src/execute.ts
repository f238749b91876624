/** The calls of one reply: read, allowed, run at once as far as they may, and answered in their order. */
import type { ToolCall, ToolMessage } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import type { ApprovalRequest } from "./approval.ts";
import { type Asked, askFor, decide, decisionOf, outcomeRequest, requestFor } from "./ask.ts";
import { agentTools, type HandOff } from "./definition.ts";
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
  for (const [index, call] of toolCalls.entries()) {
    calls.push(await readCall(run, `${step}.${index}`, call));
  }
  if (run.live) {
    for (const { call, name, args } of calls) {
      run.emit({ type: "tool_call", toolCallId: call.id, name, args });
    }
  }
  const asked = new Map<ReadCall, Asked>();
  for (const call of calls) {
    const request = await requestFor(run, call);
    if (request) asked.set(call, await askFor(run, request));
  }
  const records = new Map<string, CallRecord>();
  const waiting: ApprovalRequest[] = [];
  await runAll(
    run,
    calls.filter((call) => !asked.has(call)),
    records,
    waiting,
  );
  const decided: ReadCall[] = [];
  for (const [call, question] of asked) {
    const decision = await decisionOf(run, question);
    if (decision) decided.push(await decide(run, call, question.request, decision));
    else waiting.push(question.request);
  }
  await runAll(run, decided, records, waiting);
  if (waiting.length > 0) return { results: [], waiting };
  const done = calls.map((call) => records.get(call.id)!);
  run.steps.at(-1)!.calls = done;
  const results = done.map((record) => noticed(run, record));
  const name = done.find((record) => record.handOff)?.handOff;
  const handOff = name === undefined ? undefined : run.agent.handOffs.get(name);
  return { results, waiting, ...(handOff && { handOff }) };
}

/** Runs calls, `maxParallelCalls` at once; a serial one alone, in its place. */
async function runAll(
  run: ActiveRun,
  calls: readonly ReadCall[],
  records: Map<string, CallRecord>,
  waiting: ApprovalRequest[],
): Promise<void> {
  const ready: ReadCall[] = [];
  for (const call of calls) {
    const certain = await beginCall(run, call, waiting);
    if (certain) ready.push(certain);
  }
  let group: ReadCall[] = [];
  const flush = async () => {
    await pooled(run.agent.maxParallelCalls, group, async (call) => {
      const outcome = await runOne(run, call);
      if (outcome instanceof Suspended) waiting.push(...outcome.waiting);
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
}

/** Notes that the call begins; asks, where it was begun before, has not ended, and must not run twice. */
async function beginCall(
  run: ActiveRun,
  call: ReadCall,
  waiting: ApprovalRequest[],
): Promise<ReadCall | undefined> {
  if (!call.tool || call.problem || agentTools.has(call.tool) || call.decision?.action === "result")
    return call;
  const name = `call ${call.id}`;
  const before = await run.durable.begin(name, call.name);
  if (before === 0) return call;
  if (call.tool.policy?.idempotent === false) {
    const asked = await askFor(run, outcomeRequest(run, call, before));
    const decision = await decisionOf(run, asked);
    if (!decision) {
      waiting.push(asked.request);
      return undefined;
    }
    const decided = await decide(run, call, asked.request, decision);
    if (decided.problem || decision.action === "result") return decided;
    await run.durable.begin(name, call.name, true);
    return decided;
  }
  await run.durable.begin(name, call.name, true);
  return call;
}

async function runOne(run: ActiveRun, call: ReadCall): Promise<CallRecord | Suspended> {
  let live = false;
  const inner = call.tool && !call.problem ? agentTools.get(call.tool) : undefined;
  const kept = (work: () => Promise<CallRecord>) =>
    run.durable.step(`call ${call.id}`, async () => {
      live = true;
      run.live = true;
      return (await work()) as unknown as Json;
    }) as unknown as Promise<CallRecord>;
  try {
    const record = await (inner && call.decision?.action !== "result"
      ? runInside(run, call, inner, () => {
          live = true;
          run.live = true;
        })
      : kept(() => (call.problem ? Promise.resolve(refused(run, call)) : perform(run, call))));
    if (!live && record.spent) run.budget.add(record.spent);
    if (record.spent) run.bill(record.usage, record.spent.cost);
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
