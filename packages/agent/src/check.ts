/** What users give that is none of what is asked for, told in words. */
import { InvalidRequestError, isStandardSchema, nearest } from "@polycall/core";
import { type AgentOptions, definitions } from "./definition.ts";
import type { StopCondition } from "./limits.ts";
import { readOutputTool } from "./read-output.ts";
import type { ResumeOptions, RunOptions } from "./runner.ts";
import { checkMessages } from "./session-log.ts";

const own = [
  "name",
  "description",
  "model",
  "instructions",
  "tools",
  "output",
  "handoffs",
  "stopWhen",
  "prepareStep",
  "needsApproval",
  "guardrails",
  "maxParallelCalls",
  "plan",
  "compaction",
  "store",
  "observe",
  "client",
] as const satisfies (keyof AgentOptions)[];

const ofRun = ["context", "signal", "session", "runId", "approve"] satisfies (keyof RunOptions)[];
const ofResume = [
  "context",
  "signal",
  "approve",
  "decisions",
  "stopWhen",
] satisfies (keyof ResumeOptions)[];

/** What people write who come from other libraries, or put it in the wrong place. */
const elsewhere: { [key: string]: string } = {
  system: 'It is called "instructions" here.',
  maxSteps: "Say stopWhen: [steps(n)].",
  maxTurns: "Say stopWhen: [steps(n)].",
  toolApproval: 'It is called "needsApproval" here.',
  response_format: 'It is called "output" here.',
  stream: "Call agent.stream().",
  messages: 'There are no "messages": give them to run(messages).',
  input: "Give it to run(input).",
  context: "Give it to run(input, { context }).",
  session: "Give it to run(input, { session }).",
  approve: "Give it to run(input, { approve }).",
  signal: "Give it to run(input, { signal }).",
};

const invalid = (message: string, param: string) => new InvalidRequestError(message, { param });
const isObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === "object" && value !== null;

/**
 * What is not the agent's own goes to `completion()`, which knows its parameters and refuses what is none.
 * @throws InvalidRequestError
 */
export function checkAgent(options: AgentOptions): { [param: string]: unknown } {
  if (!isObject(options)) throw invalid("agent() takes an object: { model, tools }.", "options");
  const fail = (param: string, message: string) => {
    throw invalid(`agent "${options.name ?? "agent"}": ${message}`, param);
  };
  const params: { [param: string]: unknown } = {};
  for (const [key, value] of Object.entries(options)) {
    if ((own as readonly string[]).includes(key)) continue;
    const near = own.find((name) => isSlip(key, name));
    const where = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
    if (where ?? near)
      fail(key, `there is no option "${key}". ${where ?? `Did you mean "${near}"?`}`);
    params[key] = value;
  }
  const { model, tools, handoffs, stopWhen, guardrails, output, compaction } = options;
  if (typeof model !== "string") fail("model", 'give a model: "provider/model".');
  for (const [key, list] of Object.entries({ tools, handoffs, stopWhen })) {
    if (list !== undefined && !Array.isArray(list)) fail(key, `${key} is a list: [a, b].`);
  }
  checkStopWhen(stopWhen);
  for (const [index, one] of (tools ?? []).entries()) {
    const made = isObject(one) && definitions.get(one);
    if (made) {
      const { name } = made;
      fail("tools", `tools[${index}] is the agent "${name}": give its tool, ${name}.asTool().`);
    }
    if (one?.function?.name === readOutputTool.function.name) {
      fail(
        "tools",
        `"read_output" reads what was cut of other tools' results: call yours otherwise.`,
      );
    }
  }
  for (const [key, list] of Object.entries(guardrails ?? {})) {
    if (!["input", "output", "toolCall"].includes(key)) {
      fail("guardrails", `there is no guardrails.${key}, but input, output and toolCall.`);
    }
    if (list !== undefined && !Array.isArray(list)) {
      fail("guardrails", `guardrails.${key} is a list of functions.`);
    }
  }
  if (output !== undefined && !isStandardSchema(output)) {
    fail("output", "output is no schema. Give a zod schema, or another Standard Schema.");
  }
  for (const key of ["at", "keep"] as const) {
    const share = compaction ? compaction[key] : undefined;
    if (share !== undefined && !(share >= 0 && share <= 1)) {
      fail("compaction", `compaction.${key} is a share of the window, between 0 and 1.`);
    }
  }
  return params;
}

/** Another case, or a letter too many or too few at the end: further off, it may be a provider's own. */
function isSlip(key: string, name: string): boolean {
  const [a, b] = [key.toLowerCase(), name.toLowerCase()];
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long.startsWith(short) && long.length - short.length <= 1;
}

const kinds = new Set(["steps", "cost", "tokens", "time", "toolCalled"]);

/** @throws InvalidRequestError */
function checkStopWhen(conditions: readonly StopCondition[] | undefined): void {
  for (const [index, one] of (conditions ?? []).entries()) {
    if (typeof one === "function" || kinds.has(one?.kind)) continue;
    throw invalid(
      `stopWhen[${index}] is no condition. Give steps(n), costAbove(dollars), tokensAbove(n), timeAbove(ms), toolCalled(name) or a function.`,
      "stopWhen",
    );
  }
}

/** @throws InvalidRequestError */
export function checkRun(options: RunOptions): void {
  checkOptions(options, ofRun);
  const { session } = options;
  if (session !== undefined && (typeof session !== "string" || session === "")) {
    throw invalid(`A session is named by a text, not by ${JSON.stringify(session)}.`, "session");
  }
}

/** @throws InvalidRequestError */
export function checkResume(options: ResumeOptions): void {
  checkOptions(options, ofResume);
  checkStopWhen(options.stopWhen);
}

function checkOptions(options: RunOptions | ResumeOptions, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw invalid(
      `There is no option "${key}".${near ? ` Did you mean "${near}"?` : ""} Options: ${known.join(", ")}.`,
      key,
    );
  }
  const { approve } = options;
  if (approve !== undefined && typeof approve !== "function") {
    throw invalid("`approve` is a function: async (request) => decision.", "approve");
  }
}

/** @throws InvalidRequestError */
export function checkInput(name: string, input: unknown): void {
  if (typeof input === "string" ? input === "" : !Array.isArray(input) || input.length === 0) {
    throw invalid(`${name}: the input is empty. Give text or messages.`, "input");
  }
  if (typeof input !== "string") checkMessages(input as never, "input");
}
