/** How the ready tools are made: `tool()` with arguments that are checked before anything is done. */
import { PolycallError, type Tool, type ToolContext, type ToolPolicy, tool } from "@polycall/core";

/**
 * What the model asked a ready tool for cannot be done, or is not allowed. The message is for the model:
 * it says what to do instead, and nothing of the machine that the tool runs on.
 */
export class ToolRefusal extends PolycallError {
  static override readonly kind: string = "ToolRefusal";
}

/** What a ready tool is told: its own call, and when to give up. */
export type ReadyContext = ToolContext;

interface Text {
  type: "string";
  description: string;
  enum?: readonly string[];
  maxLength?: number;
}
interface Whole {
  type: "integer";
  description: string;
  minimum?: number;
  maximum?: number;
}
interface Flag {
  type: "boolean";
  description: string;
}
type Parameter = Text | Whole | Flag;
type ValueOf<P extends Parameter> = P extends Text ? string : P extends Whole ? number : boolean;
type Required<P> = Extract<keyof P, string>;
type Args<P extends Record<string, Parameter>, R extends Required<P>> = {
  [K in R]: ValueOf<P[K]>;
} & { [K in Exclude<keyof P, R>]?: ValueOf<P[K]> };

/** A tool of flat arguments. They are checked here too, since not everybody who runs a tool does. */
export function readyTool<
  const Name extends string,
  const P extends Record<string, Parameter>,
  R extends Required<P>,
  Output,
>(
  options: {
    name: Name;
    description: string;
    properties: P;
    required: readonly R[];
    execute: (args: Args<P, R>, context: ReadyContext) => Output | Promise<Output>;
  } & ToolPolicy<Args<P, R>>,
): Tool<Name, Args<P, R>, Args<P, R>, Output> {
  const { properties, required, execute, ...rest } = options;
  type Result =
    | { value: Args<P, R> }
    | { issues: { message: string; path: readonly PropertyKey[] }[] };
  const validate = (value: unknown): Result => {
    const issues = problems(value, properties, required);
    return issues.length > 0 ? { issues } : { value: value as Args<P, R> };
  };
  const json = { type: "object", properties, required, additionalProperties: false };
  return tool({
    ...rest,
    parameters: {
      "~standard": {
        version: 1 as const,
        vendor: "polycall",
        validate,
        types: undefined as { input: Args<P, R>; output: Args<P, R> } | undefined,
        jsonSchema: { input: () => json },
      },
    },
    // An async function, so that a refusal is always a rejection.
    execute: async (args: Args<P, R>, context: ReadyContext): Promise<Output> => {
      const [issue] = problems(args, properties, required);
      if (issue) throw new ToolRefusal(`${issue.path.join(".") || "arguments"}: ${issue.message}`);
      return execute(args, context);
    },
  } as Parameters<typeof tool>[0]) as unknown as Tool<Name, Args<P, R>, Args<P, R>, Output>;
}

function problems(
  value: unknown,
  properties: Record<string, Parameter>,
  required: readonly string[],
): { message: string; path: readonly PropertyKey[] }[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [{ message: "expected an object", path: [] }];
  const given = value as Record<string, unknown>;
  const found: { message: string; path: readonly PropertyKey[] }[] = [];
  for (const [name, parameter] of Object.entries(properties)) {
    const held = Object.hasOwn(given, name) ? given[name] : undefined;
    const message =
      held === undefined ? required.includes(name) && "it is missing" : problem(held, parameter);
    if (message) found.push({ message, path: [name] });
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(properties, name))
      found.push({
        message: `there is no such argument; there are ${Object.keys(properties).join(", ")}`,
        path: [name],
      });
  }
  return found;
}

function problem(value: unknown, parameter: Parameter): string | undefined {
  if (parameter.type === "boolean")
    return typeof value === "boolean" ? undefined : "expected true or false";
  if (parameter.type === "integer") {
    const { minimum = -Infinity, maximum = Infinity } = parameter;
    if (!Number.isSafeInteger(value)) return "expected a whole number";
    const whole = value as number;
    return whole < minimum || whole > maximum
      ? `expected ${maximum === Infinity ? `at least ${minimum}` : `${minimum} to ${maximum}`}`
      : undefined;
  }
  if (typeof value !== "string") return "expected text";
  if (parameter.enum && !parameter.enum.includes(value))
    return `expected one of ${parameter.enum.join(", ")}`;
  if (parameter.maxLength !== undefined && value.length > parameter.maxLength)
    return `longer than ${parameter.maxLength} characters`;
  return undefined;
}
