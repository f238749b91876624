/** An agent: a model that runs tools in a loop until it has answered. */
import type { ActiveRun } from "./active.ts";
import { answer } from "./answer.ts";
import type { ApprovalRequest } from "./approval.ts";
import { begin, switchTo } from "./begin.ts";
import { execute } from "./execute.ts";
import { think } from "./think.ts";

/**
 * Everything it does is a step of `run.durable`: in a new process the same loop is given what was kept, and
 * so goes on where the last one was. There is no other way to resume.
 * @returns the answer, or the questions that must be answered first
 * @throws Stopped, Blocked: the run has ended otherwise; RunError
 */
export async function loop(
  run: ActiveRun,
): Promise<{ output: unknown } | { waiting: ApprovalRequest[] }> {
  await begin(run);
  for (let step = 1; ; step++) {
    const message = await think(run, step);
    run.add(message);
    if (!message.tool_calls?.length) {
      run.endStep();
      const answered = await answer(run, step);
      if (answered) return answered;
      continue; // It was told what is wrong with its answer.
    }
    const { results, waiting, handOff } = await execute(run, step, message.tool_calls);
    if (waiting.length > 0) return { waiting };
    for (const result of results) run.add(result);
    run.endStep();
    if (handOff) await switchTo(run, handOff);
  }
}
