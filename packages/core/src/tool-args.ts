/** A tool call's arguments: the model's text as what the tool's function takes, or what is wrong. */
import { isObject } from "./schema/json.ts";
import { breakIn } from "./schema/json-text.ts";
import { dropAddedNulls } from "./schema/restore.ts";
import { isStandardSchema } from "./schema/standard.ts";
import { keysOf, pathText, validate } from "./schema/validate.ts";
import type { AnyTool } from "./tool.ts";
import type { FunctionTool } from "./types/request.ts";

/** Arguments ready for `execute`, or words that the model can be told. */
export type ToolArguments =
  | { args: unknown }
  | {
      /** Every issue in one line. */
      error: string;
      /** Where the first issue is, as in JavaScript; "" is the arguments themselves. */
      path: string;
      /** What stood there. */
      received: unknown;
    };

/**
 * Reads and checks the arguments of a call. Never throws for what the model wrote.
 * @param text JSON as the model wrote it; "" is `{}`
 * @param tool made by `tool()`, a plain OpenAI tool (nothing is validated), or undefined for a name
 *   that was not offered
 * @throws what a transform or refinement of the user's schema throws
 */
export async function parseToolArguments(
  text: string,
  tool: AnyTool | FunctionTool | undefined,
): Promise<ToolArguments> {
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return { error: `arguments are not JSON ${breakIn(text)}`, path: "", received: text };
  }
  if (!isObject(value))
    return { error: "arguments must be a JSON object", path: "", received: value };
  if (!tool) return { args: value };
  const { parameters = {} } = tool.function;
  if (!("schema" in tool) || !isStandardSchema(tool.schema)) {
    return { args: dropAddedNulls(value, parameters) };
  }
  const { result, read } = await validate(tool.schema, value, parameters);
  if (!result.issues) return { args: result.value };
  const issues = result.issues.map((issue) => ({ keys: keysOf(issue), message: issue.message }));
  const keys = issues[0]?.keys ?? [];
  return {
    error: issues
      .map((issue) => `${pathText(issue.keys) || "arguments"}: ${issue.message}`)
      .join("; "),
    path: pathText(keys),
    received: keys.reduce<unknown>(
      (found, key) => (found as { [key: PropertyKey]: unknown } | null | undefined)?.[key],
      read,
    ),
  };
}
