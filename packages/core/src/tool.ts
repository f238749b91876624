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

/** zod 4.2 or newer, any other Standard JSON Schema, or a plain JSON Schema object. */
export type ToolParameters = StandardSchema | JsonSchema;

/**
 * A tool made by `tool()`. Its enumerable properties are an OpenAI tool, so that it can be sent as
 * it is; `schema` and `execute` are not enumerable.
 */
export interface Tool<
  Name extends string = string,
  Input = unknown,
  Args = unknown,
  Output = unknown,
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
  execute(args: Args, context: ToolContext): Output | Promise<Output>;
}

/** A tool of any name, arguments and result. */
export type AnyTool = Tool;

/** What `execute` gets: the schema's output; a plain JSON Schema types nothing. */
export type ToolArgs<T> =
  T extends Tool<string, infer _Input, infer Args, infer _Output> ? Args : unknown;

/**
 * A call of one of the tools, told apart by `name`. A plain OpenAI tool's arguments are `unknown`.
 */
export type ToolCallOf<Tools> = Tools extends readonly (infer T)[] ? CallOf<T> : never;
type CallOf<T> =
  T extends Tool<infer Name, infer _Input, infer Args, infer _Output>
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
 * @throws InvalidRequestError for a name that providers refuse
 * @throws UnsupportedParamsError for a schema that JSON cannot express, or that is no object
 */
export function tool<
  const Name extends string,
  Parameters extends ToolParameters,
  Output,
>(options: {
  name: Name;
  description?: string;
  parameters: Parameters;
  execute: (args: ArgsOf<Parameters>, context: ToolContext) => Output | Promise<Output>;
  strict?: boolean;
}): Tool<Name, InputOf<Parameters>, ArgsOf<Parameters>, Output> {
  const { name, description, parameters, execute, strict } = options;
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
  return made as Tool<Name, InputOf<Parameters>, ArgsOf<Parameters>, Output>;
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
