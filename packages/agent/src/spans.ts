/** What whoever observes a run is told of its parts. */
import type { ActiveRun, Ending } from "./active.ts";
import type { SpanEnd, SpanInfo } from "./observer.ts";
import type { ReadCall } from "./read-call.ts";
import type { Json } from "./store.ts";

const sessionOf = ({ shared: { session } }: ActiveRun) => session !== undefined && { session };

/** @param parent the call that began it, of a sub-agent */
export function runSpan(run: ActiveRun, parent?: string): SpanInfo {
  const { name: agent, description, model } = run.owner;
  return {
    ...{ kind: "agent", id: run.runId, agent, model },
    ...(parent !== undefined && { parent }),
    ...(description && { description }),
    ...sessionOf(run),
  };
}

export function runEnd(run: ActiveRun, { status, output }: Ending): SpanEnd {
  const { usage, cost } = run;
  return {
    ...{ status, usage, output: (output ?? run.lastText) as Json },
    ...(cost !== undefined && { cost }),
  };
}

/** The id of a call: what its function is given as its idempotency key. */
export const callKey = ({ runId }: ActiveRun, { id }: ReadCall) => `${runId}:${id}`;

export function callSpan(run: ActiveRun, call: ReadCall): SpanInfo {
  const description = call.tool?.function.description;
  return {
    ...{ kind: "tool", id: callKey(run, call), parent: run.runId, agent: run.agent.name },
    ...{ tool: call.name, toolCallId: call.call.id, args: call.json },
    ...(description && { description }),
    ...sessionOf(run),
  };
}

type ModelSpan = Extract<SpanInfo, { kind: "model" }>;

export function modelSpan(
  run: ActiveRun,
  request: ModelSpan["request"],
  streaming: boolean,
): ModelSpan {
  const { runId, agent, steps } = run;
  return {
    ...{ kind: "model", id: `${runId}:model ${steps.length + 1}`, parent: runId },
    ...{ agent: agent.name, model: request.model, request, streaming },
    ...sessionOf(run),
  };
}
