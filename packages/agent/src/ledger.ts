/** Which effects a run and the runs inside it have had, from what was kept of them. */
import type { ActiveRun } from "./active.ts";
import type { CallRecord, LedgerLine } from "./run.ts";

/** A line for each call that was begun, in that order; those of a sub-agent where it was called. */
export function ledgerOf({ durable, inside }: Pick<ActiveRun, "durable" | "inside">): LedgerLine[] {
  const { runId, entries } = durable;
  const lines = new Map<string, LedgerLine>();
  const add = (line: LedgerLine) => lines.set(line.idempotencyKey, line);
  for (const entry of entries) {
    if (entry.type === "answer") {
      const line = lines.get(entry.id.replace(/!\d+$/, ""));
      if (line) line.decision = entry.decision.action;
      continue;
    }
    if (entry.type !== "begin" && entry.type !== "step") continue;
    const id = /^call ([^!]+)/.exec(entry.name)?.[1];
    if (id === undefined) continue;
    const idempotencyKey = `${runId}:${id}`;
    const line = lines.get(idempotencyKey);
    if (entry.type === "begin") {
      if (line) line.begun++;
      else add({ id, runId, tool: entry.about, idempotencyKey, begun: 1, outcome: "unknown" });
      continue;
    }
    const { isError, decision, ledger } = entry.value as unknown as Partial<CallRecord>;
    for (const inner of ledger ?? []) add(inner);
    // One that was interrupted has no result, and a person's no to running it again is none.
    if (!line || isError === undefined || line.decision === "reject") continue;
    line.outcome = isError ? "failed" : "done";
    if (decision) line.decision = decision;
  }
  for (const inner of inside) {
    for (const line of ledgerOf(inner)) if (!lines.has(line.idempotencyKey)) add(line);
  }
  return [...lines.values()];
}
