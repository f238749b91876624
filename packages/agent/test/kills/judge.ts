/** What has to be true however often its process was killed. */
import { expect } from "vitest";
import type { ApprovalRequest, Decision, Run } from "../../src/index.ts";
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
  const steps = asked.map(({ who, step }) => `${runId}${insideOf[who]} model ${step}`);
  expect(new Set(steps).size, steps.join()).toBe(steps.length);
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
  run: Pick<Run, "status" | "output" | "messages" | "ledger">,
  wanted: readonly Wanted[],
  told: Told,
  allowed?: "approve",
): void {
  expect(run).toMatchObject({ status: "done", output: rightAnswer });
  expectValid(run.messages);
  const had = wanted.filter((one) => one.had).map(({ what }) => what);
  expect(had.sort()).toEqual([...effects].sort());
  const lines = run.ledger.map((line) => {
    const what = { charge: line.id === "1.0" ? "deposit" : "rest", mail: "Ann" }[line.tool];
    return { ...line, what: `${line.tool} ${what ?? cityOf(line.runId)}` };
  });
  expect(lines.map(({ what }) => what).sort()).toEqual([...effects].sort());
  for (const { what, tool, outcome, begun, decision, idempotencyKey } of lines) {
    expect(outcome, what).toBe("done");
    const times = wanted.filter((one) => one.what === what).length;
    if (tool === "charge" || tool === "look") {
      expect(wanted.filter(({ key }) => key === idempotencyKey)).toHaveLength(times);
      expect(begun, what).toBeGreaterThanOrEqual(Math.min(times, 2));
    } else {
      const again = told[what]?.filter((action) => action === "approve").length ?? 0;
      expect(begun, what).toBe(1 + again);
      expect(decision, what).toBe(told[what]?.at(-1) ?? (tool === "post" ? allowed : undefined));
    }
  }
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
