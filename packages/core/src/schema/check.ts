/** Is this a JSON Schema that can be sent? Copies it, or throws a typed error that says where not. */
import { UnsupportedParamsError } from "../errors.ts";
import type { JsonSchema } from "../types/request.ts";
import { isObject, step } from "./json.ts";

/** Nesting of the JSON itself (two levels a property); far above what any provider takes. */
const MAX_DEPTH = 200;
/** JSON values in one schema. */
export const MAX_NODES = 100_000;

/** The error for a schema that cannot be used; `path` is a JSON pointer into it. */
export function schemaError(path: string, what: string, instead: string): UnsupportedParamsError {
  return new UnsupportedParamsError(`JSON Schema at ${path}: ${what}. ${instead}`, { param: path });
}

/**
 * A deep copy of a JSON Schema as JSON: undefined members and the root's `$schema` left out.
 * @throws UnsupportedParamsError where it is not JSON, refers to itself as a JavaScript object, is
 *   too deep or too large, or a keyword has the wrong type
 */
export function copySchema(schema: JsonSchema): { [key: string]: unknown } {
  let nodes = 0;
  const above = new Set<object>();

  function copy(value: unknown, path: string, depth: number): unknown {
    if (++nodes > MAX_NODES)
      throw schemaError("#", `more than ${MAX_NODES} values`, "Send a smaller schema.");
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value !== "object")
      throw schemaError(path, `${String(value)} is not JSON`, "Use JSON values only.");
    if (above.has(value))
      throw schemaError(path, "the object contains itself", 'Write the recursion with "$ref".');
    if (depth > MAX_DEPTH)
      throw schemaError(path, `nested more than ${MAX_DEPTH} deep`, "Send a flatter schema.");
    const isPlain =
      Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
    if (!isPlain)
      throw schemaError(
        path,
        `a ${value.constructor?.name ?? "class"} instance is not JSON`,
        "Give a plain JSON Schema object, or a Standard Schema at the root.",
      );
    above.add(value);
    const result = Array.isArray(value)
      ? value.map((item, index) => copy(item, step(path, index), depth + 1))
      : Object.fromEntries(
          Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([key, item]) => [key, copy(item, step(path, key), depth + 1)]),
        );
    above.delete(value);
    return result;
  }

  if (!isObject(schema))
    throw schemaError("#", "not an object", "Give a JSON Schema or a Standard Schema.");
  const { $schema: _, ...rest } = copy(schema, "#", 0) as { [key: string]: unknown };
  return rest;
}

type Shape = { says: string; test: (value: unknown) => boolean };
const isSchema = (value: unknown) => isObject(value) || typeof value === "boolean";
const types = ["string", "number", "integer", "boolean", "null", "array", "object"];

const schema: Shape = { says: "a schema", test: isSchema };
const schemas: Shape = {
  says: "a list of at least one schema",
  test: (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema),
};
const schemaMap: Shape = {
  says: "an object of schemas",
  test: (value) => isObject(value) && Object.values(value).every(isSchema),
};
const text: Shape = { says: "a string", test: (value) => typeof value === "string" };
const shapes: Readonly<Record<string, Shape>> = {
  $ref: text,
  description: text,
  title: text,
  pattern: text,
  format: text,
  properties: schemaMap,
  patternProperties: schemaMap,
  $defs: schemaMap,
  definitions: schemaMap,
  additionalProperties: schema,
  anyOf: schemas,
  oneOf: schemas,
  allOf: schemas,
  prefixItems: schemas,
  items: {
    says: "a schema or a list of schemas",
    test: (value) => isSchema(value) || (Array.isArray(value) && value.every(isSchema)),
  },
  enum: {
    says: "a list of at least one value",
    test: (value) => Array.isArray(value) && value.length > 0,
  },
  required: {
    says: "a list of property names",
    test: (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
  },
  type: {
    says: `one of ${types.join(", ")}, or a list of them`,
    test: (value) =>
      [value].flat().length > 0 && [value].flat().every((name) => types.includes(name as string)),
  },
};

/**
 * Checks the types of a node's own keywords.
 * @throws UnsupportedParamsError naming the keyword
 */
export function checkKeywords(node: JsonSchema, path: string): void {
  for (const [keyword, value] of Object.entries(node)) {
    const shape = Object.hasOwn(shapes, keyword) ? shapes[keyword] : undefined;
    if (shape && !shape.test(value))
      throw schemaError(step(path, keyword), `must be ${shape.says}`, "Correct the schema.");
  }
}
