/** A call's arguments: parsed, repaired, coerced, validated; what stays wrong, in words for the model. */
import { type AnyTool, type JsonSchema, parseToolArguments } from "@polycall/core";
import { jsonrepair } from "jsonrepair";
import { messageOf } from "./errors.ts";

export type ReadArguments =
  /** `json` is what was validated: what a person is shown, and what a journal keeps. */
  { args: unknown; json: { [key: string]: unknown }; repaired: boolean } | { error: string };

/** Longer text that is broken is not mended: looking for where its quotes belong takes seconds and minutes. */
const mostMended = 64_000;

/**
 * Reads the arguments that a model wrote. What does not parse or fit is mended where the meaning is
 * plain: broken JSON, a number or boolean in a string, one thing where a list of them is asked for, an
 * object as JSON text. What the user's schema throws is told to the model like what it reports.
 * @param text as the model wrote it
 * @param cut the reply reached its limit here: text that is not whole is the beginning of another meaning
 */
export async function readArguments(
  text: string,
  tool: AnyTool,
  cut = false,
): Promise<ReadArguments> {
  if (cut && !isWhole(text)) {
    const { name } = tool.function;
    return {
      error: `Your reply was cut off in the middle of the arguments of ${name}: it was too long. The call was not run. Write less at once.`,
    };
  }
  try {
    const first = await parseToolArguments(text, tool);
    if (!("args" in first)) return await mended(text, tool, first.error);
    return { args: first.args, json: JSON.parse(text.trim() || "{}"), repaired: false };
  } catch (error) {
    return { error: explain(messageOf(error), tool) };
  }
}

async function mended(text: string, tool: AnyTool, why: string): Promise<ReadArguments> {
  const value = mend(text);
  if (value !== undefined) {
    const { parameters } = tool.function;
    for (const mended of [value, coerce(value, parameters, parameters)]) {
      const again = await parseToolArguments(JSON.stringify(mended), tool);
      if ("args" in again) return { args: again.args, json: mended as never, repaired: true };
    }
  }
  return { error: explain(why, tool) };
}

/** Nothing may be the beginning of anything. */
function isWhole(text: string): boolean {
  try {
    return Object.keys(JSON.parse(text)).length > 0;
  } catch {
    return false;
  }
}

function mend(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {}
  if (text.length > mostMended) return undefined;
  try {
    return JSON.parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}

function explain(error: string, { function: { name } }: AnyTool): string {
  return `The arguments of ${name} are not valid. ${error.slice(0, 2000)}. Call it again with arguments that fit its schema.`;
}

/** A copy that is nearer to the schema, where only the way it is written is off. */
function coerce(value: unknown, schema: JsonSchema | undefined, root: JsonSchema): unknown {
  const rules = resolve(schema, root);
  if (!rules || value === null || value === undefined) return value;
  const types = [rules.type].flat();
  const inItems = (item: unknown) => coerce(item, rules.items as JsonSchema | undefined, root);
  if (Array.isArray(value)) return value.map(inItems);
  if (typeof value === "object" && (types.includes("object") || !types.includes("array"))) {
    const properties = (rules.properties ?? {}) as { [key: string]: JsonSchema };
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        Object.hasOwn(properties, key) ? coerce(inner, properties[key], root) : inner,
      ]),
    );
  }
  if (isOf(value, types)) return value;
  if (typeof value === "string") return ofText(value, types, rules, root);
  if (types.includes("array")) return [inItems(value)];
  return types.includes("string") && typeof value !== "object" ? String(value) : value;
}

const isOf = (value: unknown, types: readonly unknown[]) =>
  types.includes(typeof value) || (Number.isInteger(value) && types.includes("integer"));

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

/** A number that JavaScript holds as it is written: of a long id it would make another one. */
const isNumber = (text: string) =>
  /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) &&
  Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER;

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
