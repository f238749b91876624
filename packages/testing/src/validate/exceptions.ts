/** Where the services take more than their SDK's types say, each with what showed it. */
import type { Json, JsonObject } from "../json.ts";
import { asArray, asObject } from "../json.ts";

/** One loosening of a generated schema. */
export interface Exception {
  schema: string;
  /** The definition loosened; absent for the root. */
  definition?: string;
  property: string;
  /** A further schema for the property; `false` takes the property away. */
  allow?: JsonObject | false;
  /** The property may be absent. */
  optional?: true;
  why: string;
}

const vertexOnly = "Vertex AI takes it; the SDK's shared types lack it (google-vertex recordings)";

const sampling = ["temperature", "top_p", "top_k"].flatMap((property): Exception[] =>
  ["anthropic-messages", "anthropic-beta-messages"].map((schema) => ({
    schema,
    property,
    allow: { type: "number" },
    why: "models before Sonnet 5 take it; version 1 of the SDK dropped the deprecated field",
  })),
);

/** For every provider. */
export const exceptions: Exception[] = [
  ...sampling,
  {
    schema: "openai-responses",
    definition: "ResponseFunctionToolCall",
    property: "status",
    allow: { type: "null" },
    why: "openai_responses_requires_function_call_status_none.json sends null",
  },
  {
    schema: "anthropic-beta-messages",
    property: "betas",
    allow: false,
    why: "a header on the wire; the SDK takes it out of the body",
  },
  {
    schema: "gemini-generate",
    property: "tools",
    allow: { $ref: "#/definitions/Tool" },
    why: "a repeated field may be a single value (multiple_agent_tool_calls.json)",
  },
  {
    schema: "gemini-generate",
    definition: "Schema",
    property: "type",
    allow: {
      enum: ["string", "number", "integer", "boolean", "array", "object", "null"],
      type: "string",
    },
    why: "type names are read in lower case too (multiple_agent_tool_calls.json)",
  },
  {
    schema: "gemini-generate",
    definition: "GenerationConfig",
    property: "imageConfig",
    allow: { type: "object" },
    why: vertexOnly,
  },
  { schema: "gemini-generate", property: "modelArmorConfig", allow: {}, why: vertexOnly },
];

/** Only for OpenAI-compatible hosts; these also take unknown fields, and null for an absent one. */
export const hostExceptions: Exception[] = [
  {
    schema: "openai-chat",
    property: "tool_choice",
    allow: { const: "any", type: "string" },
    why: "Mistral's word for required (mistral recordings)",
  },
  {
    schema: "openai-chat",
    property: "service_tier",
    allow: { type: "string" },
    why: "Groq has tiers of its own, e.g. on_demand (groq recordings)",
  },
  {
    schema: "openai-chat",
    definition: "ChatCompletionFunctionTool",
    property: "type",
    optional: true,
    why: "Mistral takes tools without it (image_as_binary_content_tool_response.json)",
  },
  {
    schema: "openai-chat",
    definition: "ChatCompletionNamedToolChoice",
    property: "type",
    optional: true,
    why: "Together takes it without (huggingface/tool_choice_matrix__none_with_output)",
  },
];

/** A copy of a generated schema with the exceptions for it made. */
export function loosen(name: string, schema: JsonObject, rows: Exception[]): JsonObject {
  const copy = structuredClone(schema);
  for (const { schema: file, definition, property, allow, optional } of rows) {
    if (file !== name) continue;
    const target = definition ? asObject(asObject(copy.definitions)[definition]) : copy;
    const properties = asObject(target.properties);
    const usual = properties[property];
    if (allow === false) delete properties[property];
    else if (allow) properties[property] = usual === undefined ? allow : { anyOf: [usual, allow] };
    const required = asArray(target.required).filter((key) => !optional || key !== property);
    target.required = required satisfies Json[];
  }
  return copy;
}
