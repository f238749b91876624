/** `response_format` in Anthropic's words: a native schema, a stand-in tool, or an instruction. */
import { type Changes, compileSchema, type WireResponseFormat } from "@polycall/core";
import { isObject } from "./blocks.ts";
import type { ModelFacts } from "./models.ts";
import { type Choice, compiled, isForced, type Tool } from "./tools.ts";

type Json = { [key: string]: unknown };

export interface Output {
  /** `output_config.format`. */
  format?: Json;
  /** A tool whose input is the reply, for models without native schemas. */
  tool?: { name: string; input_schema: Json; description: string };
  /** Text to append to the system prompt. */
  instruction?: string;
}

/** @param tools the request's own tools, whose names the stand-in must not take */
export function outputOf(
  given: WireResponseFormat | undefined,
  tools: readonly Tool[],
  facts: ModelFacts,
  changes: Changes,
): Output {
  if (!isObject(given) || given.type === "text") return {};
  if (given.type === "json_object") {
    changes.note({
      param: "response_format",
      action: "emulated",
      from: "json_object",
      to: "an instruction in the system prompt",
      reason: "this API has no JSON mode without a schema",
    });
    return {
      instruction: "Reply with one valid JSON object and nothing else: no prose, no code fence.",
    };
  }
  if (given.type !== "json_schema" || !isObject(given.json_schema)) return { format: { ...given } };
  const { type: _, json_schema, ...onFormat } = given as Json & { json_schema: Json };
  const { name, description, schema, strict: __, ...onSchema } = json_schema;
  const wanted = isObject(schema) ? schema : { type: "object" };
  const fitted = facts.schema
    ? compiled(wanted, "anthropic", "output", "response_format", changes)
    : undefined;
  if (fitted?.strict) {
    const described = typeof description === "string" && !("description" in fitted.schema);
    return {
      format: {
        type: "json_schema",
        schema: described ? { ...fitted.schema, description } : fitted.schema,
        ...onSchema,
        ...onFormat,
      },
    };
  }
  if (facts.forcedTool === "never") {
    changes.note({
      param: "response_format",
      action: "emulated",
      to: "an instruction in the system prompt",
      reason: `this API's own schemas cannot hold it: ${fitted?.reasons.join("; ")}`,
    });
    const rule = "Reply with one JSON value and nothing else: no prose, no code fence.";
    return { instruction: `${rule} It must fit this JSON Schema:\n${JSON.stringify(wanted)}` };
  }
  const why = fitted && `this API's own schemas cannot hold it: ${fitted.reasons.join("; ")}`;
  changes.note({
    param: "response_format",
    action: "emulated",
    to: "a tool whose input is the reply",
    reason: why ?? "this model has no native schemas",
  });
  const taken = new Set(tools.map((tool) => tool.name));
  let free = String(name).replace(/[^a-zA-Z0-9_-]/g, "_") || "reply";
  while (taken.has(free)) free += "_reply";
  const said = typeof description === "string" ? `${description}\n\n` : "";
  return {
    tool: {
      name: free,
      description: `${said}Give the final reply by calling this tool.`,
      input_schema: compiled(wanted, "plain", "tool", "response_format", changes).schema,
      ...onSchema,
    },
  };
}

/** The choice that makes the model give its reply through the stand-in tool, or call a real one. */
export function choiceWithOutput(choice: Choice | undefined, tool: string, others: number): Choice {
  if (isForced(choice)) return choice!;
  const { type, ...rest } = choice ?? { type: "auto" };
  return others && type !== "none"
    ? { type: "any", ...rest }
    : { type: "tool", name: tool, ...rest };
}

/**
 * A forced call by other means, for models that refuse `tool_choice` any and tool: the reply is held
 * to the tool's schema and read as the call's arguments. Only where one tool can be meant and its
 * schema can be held to.
 */
export function callBySchema(
  choice: Choice,
  tools: readonly Tool[],
  changes: Changes,
): { format: Json; name: string } | undefined {
  const meant = choice.type === "tool" ? tools.filter(({ name }) => name === choice.name) : tools;
  const [tool] = meant;
  if (meant.length !== 1 || !isObject(tool?.input_schema)) return undefined;
  const { schema, strict } = compileSchema(tool.input_schema, "anthropic", "output");
  if (!strict) return undefined;
  const name = String(tool.name);
  changes.note({
    param: "tool_choice",
    action: "emulated",
    from: choice,
    to: "a reply held to the tool's schema",
    reason: "this model cannot be made to call a tool",
    rule: "anthropic/forced-call-always-thinking",
  });
  return { format: { type: "json_schema", schema }, name };
}
