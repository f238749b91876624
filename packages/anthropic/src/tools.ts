/** Tools and the tool choice in Anthropic's words. Pure. */
import {
  type Changes,
  type CompiledSchema,
  type CompletionRequest,
  compileSchema,
  type ToolChoice,
  type WireTool,
} from "@polycall/core";
import { type Block, isObject } from "./blocks.ts";
import type { ModelFacts } from "./models.ts";

type Json = { [key: string]: unknown };

/** A tool as the Messages API takes it. Anthropic's own tools (web search, …) have a `type`. */
export type Tool = Json & { name?: unknown };

export interface Choice extends Json {
  type: string;
}

/**
 * Function tools are translated; an object of another type is one of Anthropic's own tools and is
 * sent as it is.
 * @throws UnsupportedParamsError for a custom (grammar) tool
 */
export function toolsOf(
  tools: readonly WireTool[] | undefined,
  facts: ModelFacts,
  changes: Changes,
): Tool[] {
  return (tools ?? []).map((tool, index): Tool => {
    const given = tool as unknown as Json;
    if (tool.type === "custom" && isObject(tool.custom)) {
      changes.refuse(
        `tools[${index}]`,
        `free-text tools are not known to this API (tools[${index}], "${tool.custom.name}").`,
        "Declare a function with one string parameter.",
      );
    }
    if (tool.type !== "function" || !isObject(tool.function)) return { ...given };
    const { type: _, function: fn, ...onTool } = given as Json & { function: Json };
    const { name, description, parameters, strict, ...onFunction } = fn;
    const isStrict = strict === true && facts.schema;
    if (strict && !isStrict) {
      const reason = "this model has no strict tools";
      changes.hint({
        param: `tools[${index}].function.strict`,
        action: "dropped",
        from: strict,
        reason,
      });
    }
    const schema = isObject(parameters) ? parameters : { type: "object", properties: {} };
    return {
      name,
      ...(typeof description === "string" && { description }),
      ...schemaOf(schema, isStrict, `tools[${index}]`, changes),
      ...onFunction,
      ...onTool,
    };
  });
}

/** A strict tool stays one only if its schema can be held to; the plain schema is checked by nobody. */
function schemaOf(schema: Json, strict: boolean, param: string, changes: Changes): Json {
  const dialect = strict ? "anthropic" : "plain";
  const result = compiled(schema, dialect, "tool", param, changes);
  if (!strict) return { input_schema: result.schema };
  if (result.strict) return { input_schema: result.schema, strict: true };
  const reason = `the schema cannot be strict: ${result.reasons.join("; ")}`;
  changes.hint({ param: `${param}.function.strict`, action: "dropped", from: true, reason });
  return { input_schema: result.schema };
}

/**
 * A schema in a dialect; what it had to lose or loosen is told.
 * @param param where the schema stands in the request
 */
export function compiled(
  schema: Json,
  dialect: "anthropic" | "plain",
  use: "tool" | "output",
  param: string,
  changes: Changes,
): CompiledSchema {
  const result = compileSchema(schema, dialect, use);
  for (const { path, keyword, value, why } of result.moved) {
    const place = `${param}: ${path}/${keyword}`;
    changes.note({ param: place, action: "converted", from: value, reason: why });
  }
  return result;
}

/** OpenAI's web search option as Anthropic's own tool; the citations come back as annotations. */
export function webSearch(options: object, changes: Changes): Tool {
  const { user_location, search_context_size, ...rest } = options as Json;
  if (search_context_size !== undefined && search_context_size !== "medium") {
    changes.hint({
      param: "web_search_options.search_context_size",
      action: "dropped",
      from: search_context_size,
      reason: "Anthropic's web search has no such setting",
    });
  }
  const place = isObject(user_location) ? user_location : undefined;
  return {
    type: "web_search_20250305",
    name: "web_search",
    ...(place && { user_location: { type: "approximate", ...(place.approximate as Json) } }),
    ...rest,
  };
}

/** Whether the caller's choice makes the model call a tool. */
export function asksForCall(choice: ToolChoice): boolean {
  if (typeof choice === "string") return choice === "required";
  return choice.type !== "allowed_tools" || choice.allowed_tools.mode === "required";
}

/** Whether the choice makes the model call a tool. */
export function isForced(choice: Choice | undefined): boolean {
  return choice?.type === "any" || choice?.type === "tool";
}

/**
 * The tool choice, and the tools that it leaves: Anthropic has no list of allowed tools, so the
 * others are not sent.
 */
export function choiceOf(
  choice: ToolChoice | undefined,
  tools: Tool[],
  parallel: CompletionRequest["parallel_tool_calls"],
  changes: Changes,
): { choice: Choice | undefined; tools: Tool[] } {
  const [made, left] = translate(choice, tools, changes);
  if (parallel !== false || !left.length || made?.type === "none")
    return { choice: made, tools: left };
  return {
    choice: { ...(made ?? { type: "auto" }), disable_parallel_tool_use: true },
    tools: left,
  };
}

function translate(
  choice: ToolChoice | undefined,
  tools: Tool[],
  changes: Changes,
): [Choice | undefined, Tool[]] {
  if (!choice) return [undefined, tools];
  // Without tools, "auto" and "none" say what holds anyway, and the API refuses the parameter.
  if (!tools.length && (choice === "auto" || choice === "none")) return [undefined, tools];
  if (choice === "required") return [{ type: "any" }, tools];
  if (typeof choice === "string") return [{ type: choice }, tools];
  if (choice.type === "function" && isObject(choice.function)) {
    const { type: _, function: fn, ...rest } = choice as unknown as Json & { function: Json };
    return [{ type: "tool", ...fn, ...rest }, tools];
  }
  if (choice.type !== "allowed_tools" || !isObject(choice.allowed_tools)) {
    return [{ ...(choice as unknown as Choice) }, tools];
  }
  const allowed = new Set(choice.allowed_tools.tools.map(nameOf));
  const left = tools.filter(({ name }) => allowed.has(name));
  if (left.length < tools.length) {
    changes.note({
      param: "tool_choice",
      action: "emulated",
      to: left.map(({ name }) => name),
      reason: "this API has no list of allowed tools: the others are not sent",
    });
  }
  return [{ type: choice.allowed_tools.mode === "required" ? "any" : "auto" }, left];
}

function nameOf(tool: Json): unknown {
  return isObject(tool.function) ? tool.function.name : tool.name;
}

/** What a tool block needs to be taken back: an object, whatever the model wrote. */
export function inputOf(block: Block): Json {
  return isObject(block.input) ? block.input : { _raw: block.input };
}
