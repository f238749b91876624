/** The end of a run: the model's last text past the guardrails, and as the schema's value. */
import { issuesOf, PolycallError, parseJsonReply, toJsonSchema, validate } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { Blocked, Stopped } from "./errors.ts";
import { judge } from "./guardrails.ts";
import { unlessEnded } from "./hooks.ts";
import { type PlanItem, planKey, planText } from "./plan.ts";

/** How often a model is told that its answer does not fit. */
const mostCorrections = 3;

/**
 * @returns undefined where the model has to go on: it was told why
 * @throws Blocked by a guardrail
 */
export async function answer(
  run: ActiveRun,
  step: number,
): Promise<{ output: unknown } | undefined> {
  const open = openItems(run);
  if (run.agent.planFirst && open.length > 0 && !run.reminded) {
    run.reminded = true;
    run.add({
      role: "user",
      content: `These items of your plan are still open. Do them, or report them as done with what came of them, then answer.\n${planText(open)}`,
    });
    return undefined;
  }
  if (run.cut) {
    run.add({
      role: "user",
      content: "Your answer was cut off by a limit on what may be used. Give it again, shorter.",
    });
    return undefined;
  }
  const text = await guarded(run, step);
  const schema = run.owner.output;
  if (!schema) return { output: text };
  const read = await unlessEnded(run, readAnswer(text, schema));
  if ("value" in read) return { output: read.value };
  if (++run.corrections > mostCorrections) {
    run.stopNext(new Stopped("output", `The answer does not fit its schema: ${read.error}`));
    run.corrections = 0;
  }
  run.add({
    role: "user",
    content: `Your answer does not fit what was asked for: ${read.error}. Answer again, with JSON that fits.`,
  });
  return undefined;
}

const openItems = (run: ActiveRun) =>
  ((run.state.get(planKey) ?? []) as unknown as PlanItem[]).filter(
    ({ status }) => status !== "done",
  );

async function guarded(run: ActiveRun, step: number): Promise<string> {
  const { text } = run.steps.at(-1)!;
  const { output } = run.owner.guardrails;
  if (!output?.length) return text;
  const release = run.holdBack();
  const judged = await judge<string>(run, `guard output ${step}`, output, text);
  if ("block" in judged) throw new Blocked(judged.block);
  release(judged.pass);
  return judged.pass;
}

async function readAnswer(text: string, schema: NonNullable<ActiveRun["owner"]["output"]>) {
  try {
    const { result } = await validate(schema, parseJsonReply(text), toJsonSchema(schema));
    if (!result.issues) return { value: result.value };
    const issues = issuesOf(result.issues);
    return {
      error: issues.map(({ path, message }) => `${path || "(root)"}: ${message}`).join("; "),
    };
  } catch (error) {
    if (!(error instanceof PolycallError)) throw error;
    return { error: error.message };
  }
}
