/** What has to be true however often its process was killed. */
import type { Message } from "@polycall/core";
import { expect } from "vitest";
import type { ApprovalRequest, Decision, Run, Session } from "../../src/index.ts";
import { type Asked, effects, rightAnswer, type Wanted } from "./harness.ts";
import { said } from "./trip.ts";

/** What a person has decided about calls that were interrupted. */
export type Told = { [what: string]: Decision["action"][] };

const insideOf = { lead: "", Rome: "/1.2", Oslo: "/1.3" };
const cityOf = (runId: string) => (runId.endsWith("/1.2") ? "Rome" : "Oslo");

/** As a person would answer who can ask the service. */
export function decisionAbout(
  { why, tool, args }: ApprovalRequest,
  wanted: readonly Wanted[],
  told: Told,
): Decision {
  expect(why).toBe("outcome");
  const what = `${tool} ${(args as { what: string }).what}`;
  const had = wanted.some((one) => one.what === what);
  const decision = had
    ? ({ action: "result", result: said(what) } as const)
    : ({ action: "approve" } as const);
  told[what] = [...(told[what] ?? []), decision.action];
  return decision;
}

/** Nothing that was kept when a process began was asked for by it, and nothing twice. */
export function expectNoneAgain(
  {
    kept,
    asked,
    wanted,
  }: { kept: Set<string>; asked: readonly Asked[]; wanted: readonly Wanted[] },
  runId: string,
): void {
  const all = asked.map(({ who, step }) => `${who} ${step}`);
  expect(new Set(all).size, all.join()).toBe(all.length);
  // The summary is part of the first step.
  const steps = asked.map(({ who, step }) => `${runId}${insideOf[who]} model ${step || 1}`);
  for (const step of steps) expect(kept).not.toContain(step);
  for (const { key = "" } of wanted) {
    const [, run, call] = /^(.*):(.*)$/.exec(key) ?? [];
    expect(kept).not.toContain(`${run} call ${call}`);
  }
}

/**
 * The right answer, every effect once, and every one accounted for.
 * @param allowed what a person was asked about "post" before it ran, if anything
 */
export function judge(
  run: Pick<Run, "status" | "output" | "messages" | "ledger" | "steps">,
  wanted: readonly Wanted[],
  told: Told,
  allowed?: "approve",
): void {
  expect(run).toMatchObject({ status: "done", output: rightAnswer });
  expectValid(run.messages);
  expect(run.steps.map(({ agent }) => agent)).toEqual(["lead", "lead", "lead", "clerk", "clerk"]);
  const had = wanted.filter((one) => one.had).map(({ what }) => what);
  expect(had.sort()).toEqual([...effects].sort());
  const handOffs = run.ledger.filter(({ tool }) => tool === "transfer_to_clerk");
  expect(handOffs).toMatchObject([{ id: "3.0", outcome: "done" }]);
  const calls = run.ledger.filter((line) => !handOffs.includes(line));
  const lines = calls.map((line) => {
    const charged = line.id === "1.0" ? "deposit" : "rest";
    const what = { charge: charged, mail: "Ann", stamp: "trip" }[line.tool];
    return { ...line, what: `${line.tool} ${what ?? cityOf(line.runId)}` };
  });
  expect(lines.map(({ what }) => what).sort()).toEqual([...effects].sort());
  for (const { what, tool, outcome, begun, decision, idempotencyKey } of lines) {
    expect(outcome, what).toBe("done");
    const times = wanted.filter((one) => one.what === what).length;
    if (["charge", "look", "stamp"].includes(tool)) {
      expect(wanted.filter(({ key }) => key === idempotencyKey)).toHaveLength(times);
      expect(begun, what).toBeGreaterThanOrEqual(Math.min(times, 2));
    } else {
      const again = told[what]?.filter((action) => action === "approve").length ?? 0;
      expect(begun, what).toBe(1 + again);
      expect(decision, what).toBe(told[what]?.at(-1) ?? (tool === "post" ? allowed : undefined));
    }
  }
}

/** The session has what was said before, its summary, and the run, each once. */
export async function judgeSession(
  { runId, messages }: Pick<Run, "runId" | "messages">,
  { history, messages: now }: Session,
  before: readonly Message[],
): Promise<void> {
  const kept = await history();
  const written = (run?: string) =>
    kept.flatMap((one) => (one.type === "messages" && one.run === run ? one.messages : []));
  expect(written()).toEqual(before);
  expect(written(runId)).toEqual(messages);
  const summaries = kept.filter(({ type }) => type === "compaction");
  expect(summaries).toHaveLength(before.length > 0 ? 1 : 0);
  const folded = await now();
  expect(folded.slice(-messages.length)).toEqual(messages);
  expect(JSON.stringify(folded).split("They talked of trips.")).toHaveLength(summaries.length + 1);
  expectValid(folded);
}

/** Every call has its result, right after it and in its order. */
function expectValid(messages: Run["messages"]): void {
  for (const [index, message] of messages.entries()) {
    if (message.role !== "assistant" || !message.tool_calls?.length) continue;
    const results = messages.slice(index + 1, index + 1 + message.tool_calls.length);
    const ids = results.map((result) => result.role === "tool" && result.tool_call_id);
    expect(ids).toEqual(message.tool_calls.map(({ id }) => id));
  }
}
