/** Small facts about JSON values and JSON Schema nodes, shared by the schema compiler's parts. */
import type { JsonSchema } from "../types/request.ts";

/** Whether `value` is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, the order of keys aside. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

/** One step further in a JSON pointer that is written as a URI fragment ("#/properties/a"). */
export function step(path: string, ...keys: (string | number)[]): string {
  return keys.reduce<string>(
    (p, key) => `${p}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`,
    path,
  );
}

/** A copy of `object` with every value replaced; safe for a key named `__proto__`. */
export function mapValues<T>(
  object: { readonly [key: string]: unknown },
  map: (value: unknown, key: string) => T,
): { [key: string]: T } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

/** A copy of `object` without the named keys. */
export function omit(object: JsonSchema, ...keys: string[]): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The node's types as a list; undefined where it names none. */
export function typesOf(node: JsonSchema): readonly string[] | undefined {
  if (typeof node.type === "string") return [node.type];
  return Array.isArray(node.type) ? node.type : undefined;
}

/** The types that a node names, or that its keywords are about where it names none. */
export function shownTypes(node: JsonSchema): readonly string[] | undefined {
  if (node.type !== undefined) return typesOf(node);
  if (node.properties) return ["object"];
  return node.items || node.prefixItems ? ["array"] : undefined;
}

/** The JSON Schema type of a value; whole numbers are "number" too. */
export function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Keywords that describe and do not constrain. */
export const annotations: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/** Whether nothing beside annotations (and the named keys) stands in the node. */
export function onlyAnnotations(node: JsonSchema, ...besides: string[]): boolean {
  return Object.keys(node).every((key) => annotations.has(key) || besides.includes(key));
}
