/** The beginning of a run: its input past the guardrails, after what was said before in its session. */
import type { Message } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { type Definition, definitions, type HandOff } from "./definition.ts";
import { Blocked } from "./errors.ts";
import { judge } from "./guardrails.ts";
import { hear } from "./hooks.ts";
import { dataNotice } from "./output.ts";

/** @throws Blocked by a guardrail */
export async function begin(run: ActiveRun): Promise<void> {
  const { input, agent } = run;
  const judged = await judge<Message[]>(run, "guard input", agent.guardrails.input, input);
  if ("block" in judged) throw new Blocked(judged.block);
  await instruct(run, run.history);
  for (const message of judged.pass) run.add(message);
}

/** Another agent takes the word: its instructions in place of those before. */
export async function switchTo(run: ActiveRun, { agent, filter }: HandOff): Promise<void> {
  const to = definitions.get(agent)!;
  const said = run.messages.slice(instructionsCount(run));
  run.emit({ type: "hand_off", from: run.agent.name, to: to.name });
  run.agent = to;
  run.path += `>${to.name}`;
  run.measured = undefined;
  if (filter) run.filtered = true;
  await instruct(run, filter ? filter(said) : said);
}

/** What the model is shown from now on: the agent's instructions, and what was said. */
async function instruct(run: ActiveRun, said: readonly Message[]): Promise<void> {
  const instructions = await systemOf(run, run.agent);
  run.instructed = instructions.length > 0;
  run.messages = [...instructions, ...said];
}

/** How many of the run's messages are its instructions. */
export const instructionsCount = ({ instructed }: ActiveRun): number => (instructed ? 1 : 0);

async function systemOf(run: ActiveRun, agent: Definition): Promise<Message[]> {
  const { instructions } = agent;
  const own =
    typeof instructions === "function"
      ? await run.durable.step(`instructions ${run.steps.length}`, () =>
          hear(run, () => instructions(run.shared.context)),
        )
      : instructions;
  const marks = [...agent.tools.values()].some(({ policy }) => policy?.untrusted);
  const content = [own, marks ? dataNotice : undefined].filter(Boolean).join("\n\n");
  return content ? [{ role: "system", content }] : [];
}
