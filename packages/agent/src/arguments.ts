/** A call's arguments: parsed, repaired, coerced, validated; what stays wrong, in words for the model. */
import { type AnyTool, type JsonSchema, parseToolArguments } from "@polycall/core";
import { jsonrepair } from "jsonrepair";

export type ReadArguments =
  /** `json` is what was validated: what a person is shown, and what a journal keeps. */
  { args: unknown; json: { [key: string]: unknown }; repaired: boolean } | { error: string };

/**
 * Reads the arguments that a model wrote. What does not parse or fit is mended where the meaning is
 * plain: broken JSON, a number or boolean in a string, one thing where a list of them is asked for, an
 * object as JSON text.
 * @param text as the model wrote it
 * @throws what a transform or refinement of the user's schema throws
 */
export async function readArguments(text: string, tool: AnyTool): Promise<ReadArguments> {
  const read = await parseToolArguments(text, tool);
  if ("args" in read)
    return { args: read.args, json: JSON.parse(text.trim() || "{}"), repaired: false };
  let value: unknown;
  try {
    value = JSON.parse(jsonrepair(text));
  } catch {
    return { error: explain(read.error, tool) };
  }
  for (const mended of [value, coerce(value, tool.function.parameters, tool.function.parameters)]) {
    const again = await parseToolArguments(JSON.stringify(mended), tool);
    if ("args" in again) return { args: again.args, json: mended as never, repaired: true };
  }
  return { error: explain(read.error, tool) };
}

function explain(error: string, { function: { name } }: AnyTool): string {
  return `The arguments of ${name} are not valid. ${error}. Call it again with arguments that fit its schema.`;
}

/** A copy that is nearer to the schema, where only the way it is written is off. */
function coerce(value: unknown, schema: JsonSchema | undefined, root: JsonSchema): unknown {
  const rules = resolve(schema, root);
  if (!rules) return value;
  const types = [rules.type].flat();
  if (typeof value === "string" && !types.includes("string"))
    return ofText(value, types, rules, root);
  if (Array.isArray(value)) {
    return value.map((item) => coerce(item, rules.items as JsonSchema | undefined, root));
  }
  if (types.includes("array") && value !== null && value !== undefined) {
    return [coerce(value, rules.items as JsonSchema | undefined, root)];
  }
  if (typeof value !== "object" || value === null) {
    return types.includes("string") && !types.includes(typeof value) && value !== null
      ? String(value)
      : value;
  }
  const properties = (rules.properties ?? {}) as { [key: string]: JsonSchema };
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      Object.hasOwn(properties, key) ? coerce(inner, properties[key], root) : inner,
    ]),
  );
}

function ofText(text: string, types: unknown[], rules: JsonSchema, root: JsonSchema): unknown {
  const trimmed = text.trim();
  if (types.includes("boolean") && /^(?:true|false)$/i.test(trimmed)) return /^t/i.test(trimmed);
  if ((types.includes("number") || types.includes("integer")) && isNumber(trimmed))
    return Number(trimmed);
  if (types.includes("null") && trimmed === "null") return null;
  if (!types.includes("object") && !types.includes("array")) return text;
  try {
    const parsed: unknown = JSON.parse(trimmed);
    if (typeof parsed === "object" && parsed !== null) return coerce(parsed, rules, root);
  } catch {}
  return types.includes("array")
    ? [coerce(text, rules.items as JsonSchema | undefined, root)]
    : text;
}

const isNumber = (text: string) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);

/** The schema that a value is to fit: through `$ref`, and the one branch of a union that is not null. */
function resolve(schema: JsonSchema | undefined, root: JsonSchema): JsonSchema | undefined {
  let rules = schema;
  for (let depth = 0; rules && depth < 8; depth++) {
    const { $ref, anyOf } = rules as { $ref?: string; anyOf?: JsonSchema[] };
    if (typeof $ref === "string" && $ref.startsWith("#/")) {
      rules = $ref
        .slice(2)
        .split("/")
        .reduce<unknown>((at, key) => (at as JsonSchema | undefined)?.[key], root) as JsonSchema;
      continue;
    }
    const branches = anyOf?.filter(({ type }) => type !== "null");
    if (branches?.length !== 1) return rules;
    rules = branches[0];
  }
  return rules;
}
