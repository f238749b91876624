/** Tools and the response schema, strict where that was asked for and can be met. */
import {
  type Changes,
  compileSchema,
  type JsonSchema,
  type ToolChoice,
  type WireResponseFormat,
  type WireTool,
} from "@polycall/core";

/** OpenAI's rule; the hosts' too, as far as they have one. */
export const toolNamePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/** Sent as written, but for schemas that are to be strict. */
export function wireTools(tools: readonly WireTool[], changes: Changes): WireTool[] {
  return tools.map((tool, index) => {
    if (tool.type !== "function" || !tool.function.strict) return tool;
    const { parameters = { type: "object", properties: {} } } = tool.function;
    const strict = compiled(parameters, "tool", `tools[${index}].function`, changes);
    return { ...tool, function: { ...tool.function, ...renamed(strict, "parameters") } };
  });
}

export function wireFormat(format: WireResponseFormat, changes: Changes): WireResponseFormat {
  if (format.type !== "json_schema") return format;
  const { json_schema } = format;
  if (!json_schema.strict || !json_schema.schema) return format;
  const strict = compiled(json_schema.schema, "output", "response_format.json_schema", changes);
  return { ...format, json_schema: { ...json_schema, ...renamed(strict, "schema") } };
}

/** A choice without tools is a 400; one that changes nothing is left out. */
export function checkNoChoice(choice: ToolChoice | null | undefined, changes: Changes): void {
  if (choice == null || choice === "auto" || choice === "none") return;
  const what = "it asks for a tool call, and there are no tools.";
  changes.refuse("tool_choice", what, "Declare it in tools.", "openai/choice-without-tools");
}

interface Strict {
  schema: { [key: string]: unknown };
  strict: boolean;
}

function renamed<Key extends string>({ schema, strict }: Strict, key: Key) {
  return { [key]: schema, strict } as { strict: boolean } & Record<Key, Strict["schema"]>;
}

/** The schema in OpenAI's strict dialect; as it is, and not strict, where it cannot be said there. */
function compiled(
  schema: JsonSchema,
  use: "tool" | "output",
  param: string,
  changes: Changes,
): Strict {
  const result = compileSchema(schema, "openai-strict", use);
  if (!result.strict) {
    changes.note({
      param: `${param}.strict`,
      action: "converted",
      from: true,
      to: false,
      reason: `strict mode cannot express this schema (${result.reasons.join("; ")})`,
    });
  } else if (result.moved.length) {
    const moved = result.moved.map(({ path, keyword }) => `${path} ${keyword}`);
    changes.note({
      param,
      action: "converted",
      to: moved,
      reason:
        "strict mode does not know these keywords; they stand in descriptions or are checked here",
    });
  }
  return result;
}
