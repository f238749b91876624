/** When each part of a run was busy: what the common axis is made of. */
import type { ReadRun, ToolCall } from "./read.ts";

export interface Span {
  from: number;
  /** Absent where it has not ended. */
  to?: number;
}

export const modelSpan = ({ at, ms }: { at: number; ms: number }): Span => ({
  from: at,
  to: at + ms,
});

/** When a call ran; undefined where it did not. */
export function callSpan({ record, begunAt, inner }: ToolCall): Span | undefined {
  if (record && (record.ms > 0 || begunAt.length > 0 || inner)) {
    return { from: Math.min(record.at, inner?.at ?? record.at), to: record.at + record.ms };
  }
  const from = inner?.at ?? begunAt.at(-1);
  return from === undefined ? undefined : { from };
}

/** All spans of a run in which something worked, the time of waiting for a person not among them. */
export function busySpans(run: ReadRun): Span[] {
  return run.steps.flatMap(({ model, calls }) => [
    modelSpan(model),
    ...calls.flatMap((call) => {
      if (call.inner) return busySpans(call.inner);
      const span = callSpan(call);
      return span ? [span] : [];
    }),
  ]);
}
