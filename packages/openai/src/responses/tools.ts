/** Tools, the tool choice and the response format in the Responses API's flat shapes. Pure. */
import type { Changes, ToolChoice, WireResponseFormat, WireTool } from "@polycall/core";
import { wireFormat as chatFormat, wireTools as chatTools } from "../chat/tools.ts";
import { isObject } from "../chat/wire.ts";

type Json = { [key: string]: unknown };

/** A host's own tools (`{ type: "web_search", … }`) are sent as written. */
export function wireTools(tools: readonly WireTool[], changes: Changes): Json[] {
  return chatTools(tools, changes).map((tool): Json => {
    if (tool.type === "custom" && isObject(tool.custom)) {
      const { custom, ...rest } = tool;
      return {
        ...rest,
        ...custom,
        ...(custom.format != null && { format: flatFormat(custom.format) }),
      };
    }
    if (tool.type !== "function" || !isObject(tool.function)) return tool as unknown as Json;
    const { function: fn, ...rest } = tool;
    const parameters = fn.parameters ?? { type: "object", properties: {} };
    // Left out, `strict` would be true here; in Chat Completions it is false.
    return { ...rest, ...fn, parameters, strict: fn.strict ?? false };
  });
}

/** `web_search_options` as the tool that searches here; none where the caller has listed it. */
export function searchTool(
  options: unknown,
  tools: readonly Json[],
  changes: Changes,
): readonly Json[] {
  if (!isObject(options)) return [];
  const { user_location, ...rest } = options;
  const { approximate, ...location } = isObject(user_location) ? user_location : {};
  const tool = {
    type: "web_search",
    ...rest,
    ...(isObject(user_location) && {
      user_location: { ...location, ...(isObject(approximate) && approximate) },
    }),
  };
  const isListed = tools.some(({ type }) => /^web_search/.test(String(type)));
  changes.note({
    param: "web_search_options",
    action: "converted",
    from: options,
    to: isListed ? "the web search among the tools" : tool,
    reason: "on /responses a web search is a tool",
  });
  return isListed ? [] : [tool];
}

/** `{ type: "grammar", grammar: { syntax, definition } }` is `{ type: "grammar", syntax, definition }`. */
function flatFormat(format: unknown): unknown {
  if (!isObject(format) || !isObject(format.grammar)) return format;
  const { grammar, ...rest } = format;
  return { ...rest, ...(grammar as Json) };
}

export function wireChoice(choice: ToolChoice): unknown {
  if (typeof choice !== "object") return choice;
  if (choice.type !== "allowed_tools") return flat({ ...choice });
  const { allowed_tools, ...rest } = choice;
  if (!isObject(allowed_tools)) return choice;
  return { ...rest, ...allowed_tools, tools: allowed_tools.tools.map(flat) };
}

/** `{ type, function: { name } }` is `{ type, name }`. */
function flat(choice: Json): Json {
  const { function: fn, custom, ...rest } = choice;
  const inner = fn ?? custom;
  return isObject(inner) ? { ...rest, ...inner } : choice;
}

/** The value of `text.format`. */
export function wireFormat(format: WireResponseFormat, changes: Changes): Json {
  const strict = chatFormat(format, changes);
  if (strict.type !== "json_schema") return { ...strict };
  const { json_schema, ...rest } = strict;
  return { ...rest, ...json_schema, schema: json_schema.schema ?? {} };
}
