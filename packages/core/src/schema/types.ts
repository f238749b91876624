/** The `type` of a schema node: inferred where it is left out, split where one node says several. */
import type { JsonSchema } from "../types/request.ts";
import { annotations, omit, typeOfValue, typesOf } from "./json.ts";

/** Keywords that speak about values of one type only. */
const keywordsOf = {
  object: [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
  ],
  array: [
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
  ],
  string: ["minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
} as const;
const specific: ReadonlySet<string> = new Set(Object.values(keywordsOf).flat());

function keywordsFor(type: string): readonly string[] {
  if (type === "integer") return keywordsOf.number;
  return Object.hasOwn(keywordsOf, type) ? keywordsOf[type as keyof typeof keywordsOf] : [];
}

/** The node with a `type`, where its values or its keywords show which one is meant. */
export function inferType(node: JsonSchema): JsonSchema {
  if (node.type !== undefined) return oneType(node);
  const values = Object.hasOwn(node, "const") ? [node.const] : node.enum;
  if (Array.isArray(values)) {
    const types = [...new Set(values.map(typeOfValue))];
    return { type: types.length === 1 ? types[0] : types, ...node };
  }
  const type = Object.keys(keywordsOf).find((name) =>
    keywordsFor(name).some((keyword) => Object.hasOwn(node, keyword)),
  );
  return type ? { type, ...node } : node;
}

function oneType(node: JsonSchema): JsonSchema {
  const types = typesOf(node) ?? [];
  return types.length === 1 ? { ...node, type: types[0] } : node;
}

/**
 * A node of several types, one of them object or array, as `anyOf` with a branch a type: no
 * provider's dialect says how object keywords apply to a type list.
 */
export function splitTypes(node: JsonSchema): JsonSchema {
  const types = typesOf(node) ?? [];
  if (types.length < 2 || !types.some((type) => type === "object" || type === "array")) return node;
  const outer = Object.entries(node).filter(
    ([key]) => !["type", "enum", "const"].includes(key) && !specific.has(key),
  );
  const values = Object.hasOwn(node, "const") ? [node.const] : (node.enum as unknown[] | undefined);
  const branches = types.flatMap((type): JsonSchema[] => {
    const own = keywordsFor(type).filter((keyword) => Object.hasOwn(node, keyword));
    const branch = { type, ...Object.fromEntries(own.map((keyword) => [keyword, node[keyword]])) };
    if (!values) return [branch];
    const mine = values.filter((value) => isOfType(value, type));
    if (mine.length === 0) return [];
    return [{ ...branch, ...(mine.length === 1 ? { const: mine[0] } : { enum: mine }) }];
  });
  const described = Object.fromEntries(outer.filter(([key]) => annotations.has(key)));
  const others = omit(Object.fromEntries(outer), ...annotations);
  if (Object.keys(others).length === 0) return { ...described, anyOf: branches };
  return { ...described, allOf: [others, { anyOf: branches }] };
}

function isOfType(value: unknown, type: string): boolean {
  return type === "integer" ? Number.isInteger(value) : typeOfValue(value) === type;
}
