/** `run.toHTML()`: the run, the runs inside it, and the page that shows them. */
import { Journal, type RunState, stateVersion } from "../journal.ts";
import type { Run } from "../run.ts";
import type { Store } from "../store.ts";
import { page } from "./page.ts";
import { readRun } from "./read.ts";

/** @param problem why it broke off, where it did */
export async function timeline(run: Run, store: Store, problem?: string): Promise<string> {
  const { states, missing } = await statesInside(run.runId, store);
  const read = readRun([run.state, ...states], run.runId);
  if (!read) throw new Error(`The run ${run.runId} has no beginning.`);
  return page({
    run,
    read,
    ...(problem !== undefined && { problem }),
    ...(missing !== undefined && { missing }),
  });
}

/** Sub-agents' runs; without them there is still a page. */
async function statesInside(
  runId: string,
  store: Store,
): Promise<{ states: RunState[]; missing?: string }> {
  const states: RunState[] = [];
  try {
    for await (const { runId: inside, entries } of Journal.inside(store, runId)) {
      states.push({ v: stateVersion, runId: inside, entries });
    }
    return { states };
  } catch (error) {
    return {
      states,
      missing: `The runs of sub-agents could not be read: ${(error as Error)?.message ?? error}`,
    };
  }
}
