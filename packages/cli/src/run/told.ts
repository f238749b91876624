/** What is said of a run at its end. */
import type { Run } from "@polycall/agent";
import { line, safe } from "./safe.ts";

/** Tokens, dollars, time. */
export function summary({ steps, usage, cost }: Run, ms: number): string {
  const calls = steps.reduce((sum, { calls }) => sum + calls.length, 0);
  return [
    plural(steps.length, "step"),
    plural(calls, "call"),
    `${plural(usage.total_tokens, "token")} (${usage.prompt_tokens.toLocaleString("en-US")} in, ${usage.completion_tokens.toLocaleString("en-US")} out)`,
    cost === undefined ? "cost not known" : `$${Number(cost.toPrecision(3))}`,
    `${(ms / 1000).toFixed(1)} s`,
  ].join(", ");
}

const plural = (count: number, one: string) =>
  `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

/** Why it has no answer, and how to go on; empty where it has one. */
export function standing({ status, stoppedBy, pending, runId }: Run, file: string): string[] {
  const resume = resumeHint(file, runId);
  if (status === "waiting") {
    return [
      ...pending.map(
        ({ message, id }) => `Waits for a person: ${line(message, 300)} [${safe(id)}]`,
      ),
      `Answer at a terminal: ${resume}`,
    ];
  }
  if (status === "stopped")
    return [`Stopped: ${safe(stoppedBy?.message ?? "")}`, `Go on under other limits: ${resume}`];
  if (status === "blocked") return [`Blocked: ${safe(stoppedBy?.message ?? "")}`];
  return [];
}

export const resumeHint = (file: string, runId: string) =>
  `polycall run ${quoted(file)} --resume ${quoted(runId)}`;

const quoted = (text: string) =>
  /^[\w./:@-]+$/.test(text) ? text : `'${safe(text).replaceAll("'", "'\\''")}'`;

/** The run for a program: a line of JSON beside the events. */
export const asResult = ({
  runId,
  agent,
  status,
  output,
  text,
  stoppedBy,
  pending,
  plan,
  usage,
  cost,
}: Run) => ({
  ...{ type: "run", runId, agent, status, output, text, stoppedBy, pending, plan, usage, cost },
});
