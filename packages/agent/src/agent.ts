/** `agent()`: options read and checked, and the ways to run what they describe. */
import {
  type AnyTool,
  InvalidRequestError,
  isTool,
  type StandardSchema,
  type Tool,
  type ToolContext,
  tool,
} from "@polycall/core";
import { completion } from "polycall";
import type { ApprovalRequest, Decision } from "./approval.ts";
import { checkAgent } from "./check.ts";
import type { AgentContext } from "./context.ts";
import {
  type AgentOptions,
  type AgentTool,
  type AnyAgent,
  agentTools,
  type Definition,
  definitions,
  type HandOff,
  type OutputOf,
} from "./definition.ts";
import { messageOf } from "./errors.ts";
import { handOffTool } from "./hand-off.ts";
import { planTool } from "./plan.ts";
import type { Run } from "./run.ts";
import {
  decideRun,
  type Outlet,
  pendingOf,
  type ResumeOptions,
  type RunInput,
  type RunOptions,
  resumeRun,
  startRun,
} from "./runner.ts";
import { storeForNew, storeOfRun } from "./store-for.ts";
import { RunStream } from "./stream.ts";

/** The contexts that tools ask for, all of them at once. */
type ContextOf<Tools extends readonly unknown[]> = Intersect<
  Tools[number] extends infer T
    ? T extends { execute(args: never, context: infer C): unknown }
      ? C extends AgentContext<infer Own>
        ? { own: Own }
        : never
      : never
    : never
>;
type Intersect<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer All) => void
  ? All extends { own: infer Own }
    ? Own
    : unknown
  : unknown;

/** The tools that agents would be: they ask for the same context. */
type ToolsOf<Target> = Target extends { asTool(): infer Made } ? Made : never;

/** What an agent's own tools ask for, and those of the agents that it hands over to. */
type Needed<Tools extends readonly unknown[], Target> = ContextOf<
  readonly (Tools[number] | ToolsOf<Target>)[]
>;

/** `context` must be given where a tool asks for one. */
type WithContext<Options, Context> = unknown extends Context
  ? [options?: Options]
  : [options: Options & { context: Context }];

export interface Agent<
  Output = unknown,
  Context = unknown,
  Tools extends readonly AnyTool[] = readonly AnyTool[],
> extends AnyAgent {
  readonly name: string;
  readonly description?: string;
  /**
   * Runs the agent to its end: an answer, a question to a person, a limit.
   * @param input what the user says, or messages
   * @throws RunError when it broke off; it can be resumed
   */
  run(input: RunInput, ...options: WithContext<RunOptions<Context>, Context>): Promise<Run<Output>>;
  /** The same, told as it happens. */
  stream(
    input: RunInput,
    ...options: WithContext<RunOptions<Context>, Context>
  ): RunStream<Output, Tools>;
  /**
   * Goes on with a run where it is: after a crash, after a question, after a limit, in any process that has
   * its store. What was done is not done again.
   * @throws RunError "missing", "version", "conflict", …; InvalidRequestError for a decision about nothing asked
   */
  resume(
    runId: string,
    ...options: WithContext<ResumeOptions<Context>, Context>
  ): Promise<Run<Output>>;
  /** The same, told as it happens. */
  resumeStream(
    runId: string,
    ...options: WithContext<ResumeOptions<Context>, Context>
  ): RunStream<Output, Tools>;
  /** What a run asks, its sub-agents included. */
  pending(runId: string): Promise<ApprovalRequest[]>;
  /** Writes down answers without going on with the run: whoever resumes it does. */
  decide(runId: string, decisions: { readonly [id: string]: Decision }): Promise<void>;
  /**
   * The agent as a tool of another: a run of its own, with its own conversation, within the caller's
   * budgets. Its answer is the result.
   * @param options.parameters what the caller gives; default `{ input: string }`
   * @param options.input the input made of it
   */
  asTool<Args = { input: string }>(
    options?: AgentToolOptions<Args>,
  ): Tool<
    string,
    unknown,
    Args,
    string,
    unknown extends Context ? ToolContext : AgentContext<Context>
  >;
}

export interface AgentToolOptions<Args> {
  /** Default: the agent's name. */
  name?: string;
  description?: string;
  parameters?: StandardSchema<unknown, Args>;
  input?: (args: Args) => string | Promise<string>;
  /** Whether a person is asked before it runs. */
  needsApproval?: boolean;
}

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * An agent: a model that runs tools in a loop until it has answered.
 * @param options what it is; beside them every parameter and option of `completion()`
 * @throws InvalidRequestError for options that are none
 */
export function agent<
  const Tools extends readonly AnyTool[] = readonly [],
  Output extends StandardSchema | undefined = undefined,
  Target extends AnyAgent = never,
  Filtered extends AnyAgent = never,
>(
  options: AgentOptions<Tools, Output, Needed<Tools, Target | Filtered>, Target, Filtered>,
): Agent<OutputOf<Output>, Needed<Tools, Target | Filtered>, Tools> {
  const definition = define(options as unknown as AgentOptions);
  const { name, description } = definition;
  const store = (session?: string) => storeForNew(definition, session);
  const streamed = (
    start: (outlet: Outlet, signal: AbortSignal) => Promise<Run>,
    signal?: AbortSignal,
  ) => new RunStream<OutputOf<Output>, Tools>(start as never, signal);
  const made = {
    name,
    ...(description !== undefined && { description }),
    run: async (input: RunInput, given: RunOptions = {}) =>
      startRun(definition, await store(given.session), input, given),
    stream: (input: RunInput, given: RunOptions = {}) =>
      streamed(
        async (outlet, signal) =>
          startRun(definition, await store(given.session), input, { ...given, signal }, outlet),
        given.signal,
      ),
    resume: async (runId: string, given: ResumeOptions = {}) =>
      resumeRun(definition, await storeOfRun(definition, runId), runId, given),
    resumeStream: (runId: string, given: ResumeOptions = {}) =>
      streamed(
        async (outlet, signal) =>
          resumeRun(
            definition,
            await storeOfRun(definition, runId),
            runId,
            { ...given, signal },
            outlet,
          ),
        given.signal,
      ),
    pending: async (runId: string) => pendingOf(await storeOfRun(definition, runId), runId),
    decide: async (runId: string, decisions: { readonly [id: string]: Decision }) =>
      decideRun(await storeOfRun(definition, runId), runId, decisions),
    asTool: (given: AgentToolOptions<never> = {}) => asTool(made as never, definition, given),
  };
  definitions.set(made, definition);
  return made as never;
}

function asTool(made: Agent, definition: Definition, options: AgentToolOptions<never>): AnyTool {
  const { name = definition.name, description = definition.description, needsApproval } = options;
  const input = (options.input ?? inputOf) as AgentTool["input"];
  const wrapped = tool({
    name,
    ...(description !== undefined && { description }),
    parameters: options.parameters ?? ownParameters,
    ...(needsApproval !== undefined && { needsApproval }),
    execute: async (args: unknown, { signal }: ToolContext) => {
      const { output } = await made.run(await input(args), { ...(signal && { signal }) });
      return typeof output === "string" ? output : JSON.stringify(output);
    },
  });
  agentTools.set(wrapped as AnyTool, { definition, input });
  return wrapped as AnyTool;
}

const ownParameters = {
  type: "object",
  properties: {
    input: {
      type: "string",
      description: "The task, with all it has to know: it sees nothing of this conversation",
    },
  },
  required: ["input"],
  additionalProperties: false,
} as const;

const inputOf = (args: unknown) => String((args as { input?: unknown }).input ?? "");

/** A schema whose transforms and refinements do not throw: what they throw is an issue like others. */
function told(schema: StandardSchema): StandardSchema {
  const { "~standard": standard } = schema;
  const validate = async (value: unknown) => {
    try {
      return await standard.validate(value);
    } catch (error) {
      return { issues: [{ message: messageOf(error) }] };
    }
  };
  const wrapped = Object.create(standard, { validate: { value: validate } });
  return Object.create(schema, { "~standard": { value: wrapped } });
}

/** @throws InvalidRequestError */
function define(options: AgentOptions): Definition {
  const params = checkAgent(options);
  const {
    name = "agent",
    description,
    model,
    instructions,
    output,
    stopWhen,
    prepareStep,
  } = options;
  const { needsApproval, guardrails = {}, maxParallelCalls = 10, plan, store, observe } = options;
  const { compaction = {} } = options;
  const fail = (param: string, message: string) => {
    throw new InvalidRequestError(`agent "${name}": ${message}`, { param });
  };
  if (!namePattern.test(name)) fail("name", 'a name is 1 to 64 letters, digits, "_" or "-".');
  if (!(maxParallelCalls >= 1)) fail("maxParallelCalls", "give 1 or more.");
  const handOffs = (options.handoffs ?? []).map((given) => {
    const handOff: HandOff =
      "agent" in (given ?? {}) ? (given as HandOff) : { agent: given as AnyAgent };
    if (!definitions.has(handOff.agent)) fail("handoffs", "give agents made by agent().");
    return { handOff, made: handOffTool(handOff) };
  });
  const all: AnyTool[] = [
    ...(plan ? [planTool() as unknown as AnyTool] : []),
    ...(options.tools ?? []),
    ...handOffs.map(({ made }) => made),
  ];
  const tools = new Map<string, AnyTool>();
  for (const [index, one] of all.entries()) {
    if (!isTool(one))
      fail("tools", `tools[${index}] is no tool made by tool(), asTool() or mcp().`);
    const { name: toolName } = one.function;
    if (tools.has(toolName)) fail("tools", `two tools are called "${toolName}".`);
    tools.set(toolName, one);
  }
  return {
    name,
    description,
    model,
    instructions,
    tools,
    // Without their schemas: what a model wrote is read by the loop, which can tell it what is wrong.
    offered: Object.freeze(all.map(({ type, function: of }) => ({ type, function: of }))),
    output: output && told(output),
    handOffs: new Map(handOffs.map(({ handOff, made }) => [made.function.name, handOff])),
    stopWhen,
    prepareStep,
    needsApproval,
    guardrails,
    maxParallelCalls,
    planFirst: plan === "first",
    compaction,
    store,
    observe,
    client: options.client ?? { completion },
    params: params as Definition["params"],
  };
}
