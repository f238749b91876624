/** What an agent is made of, after its options are read. */
import type {
  AnyTool,
  CompletionInput,
  FunctionTool,
  InferOutput,
  Message,
  StandardSchema,
  ToolChoice,
} from "@polycall/core";
import type { PolycallClient } from "polycall";
import type { CompactionOptions } from "./compaction.ts";
import type { Guardrails } from "./guardrails.ts";
import type { Progress, StopCondition } from "./limits.ts";
import type { Observer } from "./observer.ts";
import type { Json, Store } from "./store.ts";

/** What `prepareStep` is told. */
export interface StepInfo {
  /** From 1. */
  step: number;
  agent: string;
  model: string;
  /** What the model would be shown. */
  messages: readonly Message[];
  progress: Progress;
}

/** What `prepareStep` may change, for this one call of the model. */
export interface StepChange {
  model?: string;
  /** Names of the tools that the model is offered. */
  tools?: readonly string[];
  tool_choice?: ToolChoice;
  messages?: readonly Message[];
}

/** Hands the conversation over to another agent. */
export interface HandOff<Target extends AnyAgent = AnyAgent> {
  agent: Target;
  /** What the other agent sees of the conversation, the instructions not among it. Default: all. */
  filter?: (messages: readonly Message[]) => Message[];
}

/** An agent, as others of its kind refer to it. */
export interface AnyAgent {
  readonly name: string;
  readonly description?: string;
}

type RequestParams = Omit<
  CompletionInput,
  "model" | "messages" | "tools" | "response_format" | "stream" | "signal" | "n" | "store"
>;

/**
 * The options of `agent()`. Beside them, all parameters and options of `completion()`: `temperature`,
 * `max_tokens`, `reasoning_effort`, `apiKey`, `fallbacks`, `promptCaching`, … OpenAI's parameter `store` is given
 * in `extra_body`.
 */
export interface AgentOptions<
  Tools extends readonly AnyTool[] = readonly AnyTool[],
  Output extends StandardSchema | undefined = StandardSchema | undefined,
  Context = unknown,
  Target extends AnyAgent = AnyAgent,
  Filtered extends AnyAgent = AnyAgent,
> extends RequestParams {
  /** 1 to 64 letters, digits, "_" or "-". Names it in events, approvals and traces. Default "agent". */
  name?: string;
  /** What it is good at: for the agents that may call it or hand over to it. */
  description?: string;
  /** "provider/model". */
  model: CompletionInput["model"];
  /** The system prompt; a function is asked once a run, so that the prompt's cache stays warm. */
  instructions?: string | ((context: Context) => string | Promise<string>);
  tools?: Tools;
  /** A schema for the answer: `run.output` is its value. */
  output?: Output;
  /**
   * Agents that may take over the conversation: each is a tool `transfer_to_NAME`. `run()` asks for the context
   * that they need; of several given as `{ agent }`, that of the first.
   */
  handoffs?: readonly (Target | HandOff<Filtered>)[] | readonly (AnyAgent | HandOff)[];
  /**
   * What ends a run: `steps(n)`, `costAbove(dollars)`, `tokensAbove(n)`, `timeAbove(ms)`, `toolCalled(name)`,
   * or a function. Sub-agents share it, and may have their own below it. Default: `[steps(20)]`.
   */
  stopWhen?: readonly StopCondition[];
  /** Asked before each call of the model; what it gives changes that call. */
  prepareStep?: (step: StepInfo) => StepChange | undefined | Promise<StepChange | undefined>;
  /** Which calls a person is asked about, beside those that their tool's policy names. */
  needsApproval?: (call: { name: string; args: Json }) => boolean | Promise<boolean>;
  guardrails?: Guardrails;
  /** How many calls of tools run at once. Default 10. */
  maxParallelCalls?: number;
  /**
   * A to-do list (`planTool`). "first": the model has to write it before it does anything else, and is
   * reminded of what is still open.
   */
  plan?: boolean | "first";
  /** When the conversation becomes too long for the model's window. false: never. */
  compaction?: CompactionOptions | false;
  /**
   * Where runs and sessions are kept. Default: sessions in the SQLite file `.polycall/agent.sqlite`, runs
   * without a session in memory.
   */
  store?: Store;
  /** Spans around the run, its calls of the model and of tools. */
  observe?: Observer;
  /** Whose `completion` is called. Default: polycall's own. */
  client?: Pick<PolycallClient, "completion">;
}

/** What `run.output` is. */
export type OutputOf<Output> = Output extends StandardSchema
  ? InferOutput<Output> | undefined
  : string;

/** An agent as the loop needs it. */
export interface Definition {
  readonly name: string;
  readonly description: string | undefined;
  readonly model: string;
  readonly instructions: AgentOptions["instructions"];
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** The tools as they are sent: the same objects every time. */
  readonly offered: readonly FunctionTool[];
  readonly output: StandardSchema | undefined;
  readonly handOffs: ReadonlyMap<string, HandOff>;
  readonly stopWhen: readonly StopCondition[] | undefined;
  readonly prepareStep: AgentOptions["prepareStep"];
  readonly needsApproval: AgentOptions["needsApproval"];
  readonly guardrails: Guardrails;
  readonly maxParallelCalls: number;
  readonly planFirst: boolean;
  readonly compaction: CompactionOptions | false;
  readonly store: Store | undefined;
  readonly observe: Observer | undefined;
  readonly client: Pick<PolycallClient, "completion">;
  /** What is passed on to `completion()`. */
  readonly params: RequestParams;
}

/** The definitions behind agents, and behind the tools that are agents. */
export const definitions = new WeakMap<object, Definition>();

/** What a tool made of an agent hands over to it. */
export interface AgentTool {
  definition: Definition;
  input: (args: unknown) => string | Promise<string>;
}
export const agentTools = new WeakMap<AnyTool, AgentTool>();
