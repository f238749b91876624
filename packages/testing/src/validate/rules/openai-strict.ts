/** OpenAI's rules for a schema sent with `strict: true`. Source: structured outputs guide. */
import type { Json, JsonObject } from "../../json.ts";
import { asArray, asObject, isObject } from "../../json.ts";

const NOT_PERMITTED = [
  "allOf",
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "patternProperties",
  "oneOf",
];

function context(path: string[]): string {
  const steps = path.map((step) => `'${step}'`).join(", ");
  return `In context=(${steps}${path.length === 1 ? "," : ""})`;
}

function children(schema: JsonObject): [string[], Json][] {
  const found: [string[], Json][] = [];
  for (const holder of ["properties", "$defs", "definitions"]) {
    for (const [key, child] of Object.entries(asObject(schema[holder]))) {
      found.push([[holder, key], child]);
    }
  }
  if (isObject(schema.items)) found.push([["items"], schema.items]);
  for (const [index, branch] of asArray(schema.anyOf).entries()) {
    found.push([["anyOf", String(index)], branch]);
  }
  return found;
}

function problem(given: Json, path: string[]): string | undefined {
  const schema = asObject(given);
  const banned = NOT_PERMITTED.find((keyword) => keyword in schema);
  if (banned) return `${context(path)}, '${banned}' is not permitted.`;
  if (schema.type === "object" || schema.properties !== undefined) {
    if (schema.additionalProperties !== false) {
      return `${context(path)}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const required = asArray(schema.required);
    const missing = Object.keys(asObject(schema.properties)).find((key) => !required.includes(key));
    if (missing !== undefined) {
      return (
        `${context(path)}, 'required' is required to be supplied and to be an array including ` +
        `every key in properties. Missing '${missing}'.`
      );
    }
  }
  if (schema.type === "array" && schema.items === undefined) {
    return `${context(path)}, array schema missing items.`;
  }
  for (const [steps, child] of children(schema)) {
    const wrong = problem(child, [...path, ...steps]);
    if (wrong) return wrong;
  }
  return undefined;
}

/** What OpenAI says is wrong with a strict schema, without its opening words. */
export function strictProblem(schema: JsonObject): string | undefined {
  if (schema.type !== "object") {
    const got = schema.type === undefined ? "None" : String(schema.type);
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${got}"'.`;
  }
  if (schema.anyOf) return `${context([])}, 'anyOf' is not permitted.`;
  return problem(schema, []);
}
