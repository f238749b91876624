/** A run carried out to whichever end: an answer, a question, a limit, a guardrail. */
import type { ActiveRun, Ending } from "./active.ts";
import { Blocked, Stopped } from "./errors.ts";
import { loop } from "./loop.ts";

/** @throws what broke the run off: a provider's refusal, the caller's signal, a store that failed */
export async function conduct(run: ActiveRun): Promise<Ending> {
  try {
    const ended = await loop(run);
    return "waiting" in ended
      ? { status: "waiting", pending: ended.waiting }
      : { status: "done", output: ended.output };
  } catch (error) {
    const reason: unknown = run.signal.aborted ? run.signal.reason : error;
    if (reason instanceof Stopped) {
      return { status: "stopped", condition: reason.by, message: reason.message };
    }
    if (error instanceof Blocked) return { status: "blocked", message: error.message };
    throw error;
  } finally {
    run.stopClock();
  }
}
