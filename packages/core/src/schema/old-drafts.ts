/** One node of an older JSON Schema draft, or of OpenAPI 3.0, in the words of draft 2020-12. */
import type { JsonSchema } from "../types/request.ts";
import { isObject, omit, typesOf } from "./json.ts";

/** Names and notes for people, and definitions (found through their references): none constrains. */
const metadata = [
  "$schema",
  "$id",
  "id",
  "$anchor",
  "$dynamicAnchor",
  "$comment",
  "$vocabulary",
  "$defs",
  "definitions",
];

/** @returns a shallow copy; children are as they were */
export function modernize(raw: JsonSchema): { [key: string]: unknown } {
  const node = omit(raw, ...metadata);
  for (const [exclusive, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof node[exclusive] !== "boolean") continue;
    const strict = node[exclusive] && typeof node[bound] === "number";
    delete node[exclusive];
    if (!strict) continue;
    node[exclusive] = node[bound];
    delete node[bound];
  }
  if (Array.isArray(node.items)) {
    if (node.items.length > 0) node.prefixItems = node.items;
    delete node.items;
    if (node.additionalItems !== undefined) node.items = node.additionalItems;
  }
  delete node.additionalItems;
  return withNullable(enumeratedKeys(node));
}

/** OpenAPI 3.0's `nullable`. */
function withNullable(node: { [key: string]: unknown }): { [key: string]: unknown } {
  const { nullable, ...rest } = node;
  if (typeof nullable !== "boolean") return node;
  if (!nullable) return rest;
  const types = typesOf(rest);
  if (!types || Object.hasOwn(rest, "const")) return { anyOf: [rest, { type: "null" }] };
  if (Array.isArray(rest.enum) && !rest.enum.includes(null)) rest.enum = [...rest.enum, null];
  return { ...rest, type: [...new Set([...types, "null"])] };
}

/** Says `propertyNames` in plainer words: not at all (any string), or as properties (an enum). */
function enumeratedKeys(node: { [key: string]: unknown }): { [key: string]: unknown } {
  const { propertyNames, ...rest } = node;
  if (propertyNames === true) return rest;
  if (!isObject(propertyNames)) return node;
  const keys = Object.keys(propertyNames);
  if (keys.every((key) => key === "type") && propertyNames.type === "string") return rest;
  const names = propertyNames.enum;
  const values = rest.additionalProperties;
  const isPlainRecord =
    Array.isArray(names) &&
    names.every((name) => typeof name === "string") &&
    isObject(values) &&
    !rest.properties &&
    !rest.patternProperties;
  if (!isPlainRecord) return node;
  return {
    ...rest,
    properties: Object.fromEntries(names.map((name) => [name, values])),
    additionalProperties: false,
  };
}
