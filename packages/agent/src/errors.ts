/** How a run fails: one error, which knows the run. */
import { PolycallError } from "@polycall/core";
import type { Run } from "./run.ts";
import { VersionConflictError } from "./store.ts";

/**
 * "failed": the model could not be asked; "aborted": by its signal, or its stream was left; "store": what it
 * did could not be written down; "conflict": another process has gone on with the run, or written to its
 * session; "version": it was written by another version of polycall; "missing": there is no such run.
 */
export type RunErrorCode = "failed" | "aborted" | "store" | "conflict" | "version" | "missing";

/**
 * A run that did not come to an end. Nothing is lost: `error.run` is what there is of it, `error.cause` why
 * it broke off, and `agent.resume(error.runId)` goes on where it was.
 */
export class RunError extends PolycallError {
  static override readonly kind: string = "RunError";
  declare readonly code: RunErrorCode;
  declare readonly runId: string;
  /** As far as it had come; not enumerable. Absent where it could not be read. */
  declare readonly run?: Run;

  constructor(message: string, code: RunErrorCode, runId: string, cause?: unknown, run?: Run) {
    super(message, { code, cause });
    Object.defineProperty(this, "runId", { value: runId, enumerable: true });
    Object.defineProperty(this, "run", { value: run });
    if (code === "aborted") Object.defineProperty(this, "name", { value: "AbortError" });
  }
}

/** What was thrown, in words. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** What a store says when it fails, as the run's own error. */
export function unkept(runId: string, error: unknown): RunError {
  const conflict = error instanceof VersionConflictError;
  return new RunError(
    conflict
      ? `The run ${runId} is gone on with in another process; this one has let go of it.`
      : `The run ${runId} could not be kept: ${messageOf(error)} What was written until then is there; go on with agent.resume("${runId}").`,
    conflict ? "conflict" : "store",
    runId,
    error,
  );
}

/** Thrown through the loop to leave it: a limit was reached. */
export class Stopped {
  readonly by: string;
  readonly message: string;
  constructor(by: string, message: string) {
    this.by = by;
    this.message = message;
  }
}

/** Thrown through the loop to leave it: a guardrail said no. */
export class Blocked {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}
