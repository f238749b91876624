/** A tool: what the model reads about a function, and the function. */
import { InvalidRequestError, UnsupportedParamsError } from "./errors.ts";
import { compileSchema } from "./schema/compile.ts";
import {
  type InferInput,
  type InferOutput,
  isStandardSchema,
  type StandardSchema,
  toJsonSchema,
} from "./schema/standard.ts";
import type { JsonSchema } from "./types/request.ts";

/** What a tool's function is told besides its arguments. */
export interface ToolContext {
  toolCallId: string;
  signal?: AbortSignal;
}

/**
 * What whoever runs the tool should know of it; an agent keeps to it (`@polycall/agent`). Nothing of
 * it is sent.
 */
export interface ToolPolicy<Args = unknown, Context = ToolContext> {
  /** Whether a person is asked before the tool runs: always, or for these arguments. */
  needsApproval?: boolean | ((args: Args, context: Context) => boolean | Promise<boolean>);
  /** Asks a person as soon as text from outside is in the conversation. */
  sensitive?: boolean;
  /**
   * Whether what it returns is text from outside, which is marked as data for the model (true), or the
   * program's own (false). By default it counts as text from outside and is not marked.
   */
  untrusted?: boolean;
  /** Runs alone, after the calls before it and before those after it. */
  serial?: boolean;
  /** ms until a run of it is given up, 0 for never. Default 300,000. */
  timeout?: number;
  /** How often it is tried again when it throws. Default 0. */
  maxRetries?: number;
  /**
   * false: running it twice does harm and it takes no idempotency key, so a person is asked when nobody
   * knows whether it ran. Default true: it reads, or it hands `idempotencyKey` on.
   */
  idempotent?: boolean;
  /** Calling it again with the same arguments makes sense: it asks for what changes. */
  mayRepeat?: boolean;
  /** Tokens of its result that the model is shown; the rest can be read in pieces. Default 10,000. */
  maxOutputTokens?: number;
}

/** zod 4.2 or newer, any other Standard JSON Schema, or a plain JSON Schema object. */
export type ToolParameters = StandardSchema | JsonSchema;

/**
 * A tool made by `tool()`. Its enumerable properties are an OpenAI tool, so that it can be sent as
 * it is; `schema`, `execute` and `policy` are not enumerable.
 */
export interface Tool<
  Name extends string = string,
  Input = unknown,
  Args = unknown,
  Output = unknown,
  Context = ToolContext,
> {
  readonly type: "function";
  readonly function: {
    readonly name: Name;
    readonly description?: string;
    /** What the model is told: the JSON Schema of `schema`. */
    readonly parameters: { [key: string]: unknown };
    readonly strict?: boolean;
  };
  readonly schema: StandardSchema<Input, Args> | JsonSchema;
  /** A method, so that a tool of any arguments is an `AnyTool`. */
  execute(args: Args, context: Context): Output | Promise<Output>;
  readonly policy: ToolPolicy;
}

/** A tool of any name, arguments and result. */
export type AnyTool = Tool;

/** What `execute` gets: the schema's output; a plain JSON Schema types nothing. */
export type ToolArgs<T> =
  T extends Tool<string, infer _Input, infer Args, infer _Output, infer _Context> ? Args : unknown;

/**
 * A call of one of the tools, told apart by `name`. A plain OpenAI tool's arguments are `unknown`.
 */
export type ToolCallOf<Tools> = Tools extends readonly (infer T)[] ? CallOf<T> : never;
type CallOf<T> =
  T extends Tool<infer Name, infer _Input, infer Args, infer _Output, infer _Context>
    ? { id: string; name: Name; args: Args }
    : { id: string; name: string; args: unknown };

type InputOf<P> = P extends StandardSchema ? InferInput<P> : { [key: string]: unknown };
type ArgsOf<P> = P extends StandardSchema ? InferOutput<P> : { [key: string]: unknown };

/** The names that every provider takes. OpenAI's rule; the strictest. */
const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Makes a tool. It can stand in `completion({ tools })`, and in the `tools` of the official
 * `openai` client, since it is an OpenAI tool.
 * @param options.name 1 to 64 letters, digits, "_" or "-"
 * @param options.description what the function does and when to call it, for the model
 * @param options.parameters an object's schema; `execute` gets its validated output. With a plain
 *   JSON Schema the arguments are the model's, not validated
 * @param options.strict asks for (true) or forbids (false) strict decoding where a provider has it
 * @param options further, what an agent that runs it keeps to: {@link ToolPolicy}
 * @throws InvalidRequestError for a name that providers refuse
 * @throws UnsupportedParamsError for a schema that JSON cannot express, or that is no object
 */
export function tool<
  const Name extends string,
  Parameters extends ToolParameters,
  Output,
  Context = ToolContext,
>(
  options: {
    name: Name;
    description?: string;
    parameters: Parameters;
    execute: (args: ArgsOf<Parameters>, context: Context) => Output | Promise<Output>;
    strict?: boolean;
  } & ToolPolicy<ArgsOf<Parameters>, Context>,
): Tool<Name, InputOf<Parameters>, ArgsOf<Parameters>, Output, Context> {
  const { name, description, parameters, execute, strict, ...policy } = options;
  if (typeof name !== "string" || !namePattern.test(name))
    throw new InvalidRequestError(
      `Tool name ${JSON.stringify(name)} is not valid. Use 1 to 64 letters, digits, "_" or "-".`,
      { param: "tools.function.name" },
    );
  if (typeof execute !== "function")
    throw new InvalidRequestError(
      `Tool "${name}" has no execute function. Give one, or pass a plain OpenAI tool object.`,
      { param: "tools.execute" },
    );
  const made = {
    type: "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: parametersOf(name, parameters),
      ...(strict === undefined ? {} : { strict }),
    },
  };
  Object.defineProperty(made, "schema", { value: parameters });
  Object.defineProperty(made, "execute", { value: execute });
  Object.defineProperty(made, "policy", { value: policy });
  return made as unknown as Tool<Name, InputOf<Parameters>, ArgsOf<Parameters>, Output, Context>;
}

/** Reads the schema once, so that a tool that no provider could take fails where it is made. */
function parametersOf(name: string, parameters: ToolParameters): { [key: string]: unknown } {
  try {
    if (!isStandardSchema(parameters) && (typeof parameters !== "object" || parameters === null))
      throw new UnsupportedParamsError(
        "parameters is no schema. Give a zod schema, another Standard Schema, or a JSON Schema object.",
      );
    const json = toJsonSchema(parameters);
    compileSchema(json, "plain", "tool");
    return json as { [key: string]: unknown };
  } catch (error) {
    if (!(error instanceof UnsupportedParamsError)) throw error;
    throw new UnsupportedParamsError(`Tool "${name}": ${error.message}`, {
      param: error.param ?? "tools.function.parameters",
      cause: error,
    });
  }
}

/** Whether a value is a tool made by `tool()`: it knows its function, a plain OpenAI tool does not. */
export function isTool(value: unknown): value is AnyTool {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { type?: unknown }).type === "function" &&
    typeof (value as { execute?: unknown }).execute === "function"
  );
}
