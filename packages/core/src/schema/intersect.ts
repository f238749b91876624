/** The intersection of two schemas in normal form, where one plain schema can say it. */
import type { JsonSchema } from "../types/request.ts";
import { annotations, equal, isObject, omit, typesOf } from "./json.ts";

/** The schema that no value fits. */
export const never: JsonSchema = Object.freeze({ not: {} });
/** Whether a normal schema says that no value fits. */
export function isNever(node: JsonSchema): boolean {
  return isObject(node.not) && Object.keys(node.not).length === 0;
}

type Merge = (a: unknown, b: unknown) => unknown;
const larger: Merge = (a, b) => Math.max(a as number, b as number);
const smaller: Merge = (a, b) => Math.min(a as number, b as number);
const either: Merge = (a, b) => a === true || b === true;
/** How a keyword that stands on both sides becomes one. Others must be equal. */
const merges: Readonly<Record<string, Merge>> = {
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
  uniqueItems: either,
  required: (a, b) => [...new Set([...(a as string[]), ...(b as string[])])],
};

/** Deep enough for real schemas; stops a definition that contains itself. */
const MAX_DEPTH = 16;

/**
 * @param resolve the normal schema behind a canonical reference; undefined where it is not known yet
 * @returns the intersection, `never` when it is empty, undefined when one schema cannot say it
 */
export function intersect(
  a: JsonSchema,
  b: JsonSchema,
  resolve: (ref: string) => JsonSchema | undefined,
  depth = 0,
): JsonSchema | undefined {
  if (isNever(a) || isNever(b)) return never;
  if (depth > MAX_DEPTH) return undefined;
  if (equal(a, b)) return a;
  for (const [node, other, first] of [
    [a, b, true],
    [b, a, false],
  ] as const) {
    if (typeof node.$ref === "string") {
      const target = resolve(node.$ref);
      if (!target) return undefined;
      return first
        ? intersect(target, other, resolve, depth + 1)
        : intersect(other, target, resolve, depth + 1);
    }
    if (node.allOf) return undefined;
  }
  if (a.anyOf || b.anyOf) return intersectUnions(a, b, resolve, depth);

  // The one side's `items` would begin after the other side's `prefixItems`.
  if (!a.prefixItems !== !b.prefixItems && (a.items || b.items)) return undefined;
  const both = closeBoth(a, b);
  if (!both) return undefined;
  const [left, right] = both;
  const result: { [key: string]: unknown } = { ...left };
  for (const [key, value] of Object.entries(right)) {
    if (!Object.hasOwn(left, key)) result[key] = value;
    else if (annotations.has(key) || key === "enum" || key === "const") continue;
    else if (equal(left[key], value)) continue;
    else if (Object.hasOwn(merges, key)) result[key] = merges[key]!(left[key], value);
    else if (key === "type") {
      const types = commonTypes(left, right);
      if (types.length === 0) return never;
      result.type = types.length === 1 ? types[0] : types;
    } else if (key === "properties") {
      const merged = mergeProperties(left, right, resolve, depth);
      if (!merged) return undefined;
      result.properties = merged;
    } else if (key === "items") {
      const items = intersect(left.items as JsonSchema, value as JsonSchema, resolve, depth + 1);
      if (!items) return undefined;
      result.items = items;
    } else return undefined;
  }
  return intersectValues(result, left, right);
}

function intersectUnions(
  a: JsonSchema,
  b: JsonSchema,
  resolve: (ref: string) => JsonSchema | undefined,
  depth: number,
): JsonSchema | undefined {
  const [union, other] = a.anyOf ? [a, b] : [b, a];
  const rest = omit(union, "anyOf");
  const shared = intersect(rest, other, resolve, depth + 1);
  if (!shared) return undefined;
  const branches: JsonSchema[] = [];
  for (const branch of union.anyOf as JsonSchema[]) {
    const merged = intersect(branch, shared, resolve, depth + 1);
    if (!merged) return undefined;
    if (!isNever(merged)) branches.push(merged);
  }
  if (branches.length === 0) return never;
  return branches.length === 1 ? branches[0] : { anyOf: branches };
}

/** `additionalProperties` of one side speaks about the other side's properties: settle that first. */
function closeBoth(a: JsonSchema, b: JsonSchema): [JsonSchema, JsonSchema] | undefined {
  const left = close(a, b);
  const right = close(b, a);
  return left && right && [left, right];
}

/** `node` without the properties that `other`, being closed, forbids. */
function close(node: JsonSchema, other: JsonSchema): JsonSchema | undefined {
  const rule = other.additionalProperties;
  if (rule === undefined || rule === true) return node;
  const names = Object.keys((node.properties as object) ?? {});
  const known = (other.properties as object) ?? {};
  const strangers = names.filter((name) => !Object.hasOwn(known, name));
  if (strangers.length === 0 && !node.patternProperties) return node;
  const required = (node.required as string[]) ?? [];
  const forbids = rule === false && !node.patternProperties && !other.patternProperties;
  if (!forbids || strangers.some((name) => required.includes(name))) return undefined;
  return { ...node, properties: omit(node.properties as JsonSchema, ...strangers) };
}

function commonTypes(a: JsonSchema, b: JsonSchema): string[] {
  const right = typesOf(b) ?? [];
  return (typesOf(a) ?? []).flatMap((type) => {
    if (right.includes(type)) return [type];
    if (type === "number" && right.includes("integer")) return ["integer"];
    return type === "integer" && right.includes("number") ? ["integer"] : [];
  });
}

function mergeProperties(
  a: JsonSchema,
  b: JsonSchema,
  resolve: (ref: string) => JsonSchema | undefined,
  depth: number,
): JsonSchema | undefined {
  const left = a.properties as { [name: string]: JsonSchema };
  const merged = new Map(Object.entries(left));
  for (const [name, schema] of Object.entries(b.properties as { [name: string]: JsonSchema })) {
    const mine = merged.get(name);
    const joint = mine ? intersect(mine, schema, resolve, depth + 1) : schema;
    if (!joint) return undefined;
    merged.set(name, joint);
  }
  return Object.fromEntries(merged);
}

/** `enum` and `const` of both sides as one; `never` when no value is left. */
function intersectValues(result: JsonSchema, a: JsonSchema, b: JsonSchema): JsonSchema {
  const left = valuesOf(a);
  const right = valuesOf(b);
  if (!left || !right) return result;
  const values = left.filter((value) => right.some((other) => equal(value, other)));
  if (values.length === 0) return never;
  const rest = omit(result, "enum", "const");
  return values.length === 1 ? { ...rest, const: values[0] } : { ...rest, enum: values };
}

function valuesOf(node: JsonSchema): readonly unknown[] | undefined {
  if (Object.hasOwn(node, "const")) return [node.const];
  return node.enum as unknown[] | undefined;
}
