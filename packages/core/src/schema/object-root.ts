/** A tool's parameters as one object: what every provider wants at the root of a tool's schema. */
import type { JsonSchema } from "../types/request.ts";
import { schemaError } from "./check.ts";
import { annotations, equal, isObject, omit, typesOf } from "./json.ts";
import type { Moved } from "./normalize.ts";

/**
 * The root as a plain object schema. A union of objects becomes one object of all their
 * properties, of which those that every branch requires are required; the union goes into words.
 * @param root in normal form
 * @throws UnsupportedParamsError when the root cannot be an object
 */
export function objectRoot(
  root: JsonSchema,
  defs: Readonly<Record<string, JsonSchema>>,
): { root: JsonSchema; moved: Moved[] } {
  if (root.type === "object") return { root, moved: [] };
  const branches = objectsOf(root, defs);
  if (branches.length === 0)
    throw schemaError(
      "#",
      "a tool's parameters must be an object",
      'Put the value in a property: { type: "object", properties: { value: ... } }.',
    );
  const described = Object.fromEntries(
    Object.entries(root).filter(([key]) => annotations.has(key)),
  );
  const open = branches.some((branch) => branch.additionalProperties !== false);
  const required = requiredByAll(branches);
  return {
    root: {
      type: "object",
      ...described,
      properties: joinProperties(branches),
      ...(required.length > 0 ? { required } : {}),
      ...(open ? {} : { additionalProperties: false }),
    },
    moved: Object.keys(omit(root, ...annotations)).map((keyword) => ({
      path: "#",
      keyword,
      value: root[keyword],
      why: "a tool's parameters are one object: in the description, checked on the client",
    })),
  };
}

/** The object branches of a union, references followed. */
function objectsOf(
  node: JsonSchema,
  defs: Readonly<Record<string, JsonSchema>>,
  seen: readonly string[] = [],
): JsonSchema[] {
  if (typeof node.$ref === "string") {
    const target = seen.includes(node.$ref) ? undefined : defs[node.$ref.slice("#/$defs/".length)];
    return target ? objectsOf(target, defs, [...seen, node.$ref]) : [];
  }
  if (Array.isArray(node.anyOf))
    return node.anyOf.flatMap((branch) => objectsOf(branch, defs, seen));
  if (typesOf(node)?.includes("object")) return [node];
  const isAny = Object.keys(node).every((key) => annotations.has(key) || key === "allOf");
  return isAny ? [{ type: "object" }] : [];
}

function requiredByAll(branches: readonly JsonSchema[]): string[] {
  const lists = branches.map((branch) => (branch.required as string[] | undefined) ?? []);
  return (lists[0] ?? []).filter((name) => lists.every((list) => list.includes(name)));
}

function joinProperties(branches: readonly JsonSchema[]): JsonSchema {
  const versions = new Map<string, JsonSchema[]>();
  for (const { properties } of branches) {
    if (!isObject(properties)) continue;
    for (const [name, schema] of Object.entries(properties as Record<string, JsonSchema>)) {
      const known = versions.get(name) ?? [];
      if (!known.some((other) => equal(other, schema))) known.push(schema);
      versions.set(name, known);
    }
  }
  return Object.fromEntries([...versions].map(([name, schemas]) => [name, joined(schemas)]));
}

/** One schema for what a property may be in any branch; a discriminator becomes an enum. */
function joined(schemas: readonly JsonSchema[]): JsonSchema {
  const [first, ...others] = schemas;
  if (others.length === 0) return first!;
  const isTag = schemas.every(
    (schema) =>
      typeof schema.const === "string" &&
      Object.keys(schema).every((key) => key === "const" || key === "type"),
  );
  if (isTag) return { type: "string", enum: schemas.map((schema) => schema.const) };
  return { anyOf: schemas };
}
