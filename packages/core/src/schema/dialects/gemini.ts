/**
 * Gemini's `parametersJsonSchema` and `responseJsonSchema`. Source: the doc comment of
 * `responseJsonSchema` in @google/genai 3.1, which lists every keyword that is read.
 */
import type { JsonSchema } from "../../types/request.ts";
import { omit, typesOf } from "../json.ts";
import { referencesIn } from "../normalize.ts";
import {
  type DialectRules,
  keep,
  onClient,
  patternToWords,
  type Rule,
  type Site,
  schema,
  schemaMap,
  schemas,
} from "../rules.ts";

/** `enum` holds strings and numbers only: null becomes a branch, a boolean its type and words. */
function plainValues(node: JsonSchema, site: Site): JsonSchema {
  const values = Object.hasOwn(node, "const") ? [node.const] : (node.enum as unknown[] | undefined);
  if (!values) return node;
  const rest = omit(node, "const", "enum");
  const plain = values.filter((value) => typeof value === "string" || typeof value === "number");
  const hasNull = values.includes(null);
  if (plain.length === values.length) return { ...rest, enum: plain };
  if (values.length === 1 && hasNull) return { ...rest, type: "null" };
  if (plain.length + Number(hasNull) === values.length) {
    const { title, description, ...bare } = rest;
    const types = (typesOf(rest) ?? []).filter((type) => type !== "null");
    const type = types.length === 1 ? types[0] : types;
    const said = { ...(title ? { title } : {}), ...(description ? { description } : {}) };
    return { ...said, anyOf: [{ ...bare, type, enum: plain }, { type: "null" }] };
  }
  const keyword = Object.hasOwn(node, "const") ? "const" : "enum";
  if (!isBothBooleans(values)) site.move(keyword, node[keyword], onClient);
  return rest;
}

const isBothBooleans = (values: readonly unknown[]) =>
  values.length === 2 && values.includes(true) && values.includes(false);

/** Whole numbers have a next one, so their exclusive bound is exact; others keep the open bound. */
/* @__NO_SIDE_EFFECTS__ */
function exclusive(bound: "minimum" | "maximum", next: 1 | -1): Rule {
  return (value, site, keyword) => {
    const { node, out } = site;
    const limit = value as number;
    const isExact = node.type === "integer" && Number.isInteger(limit);
    const own = isExact ? limit + next : limit;
    const other = node[bound] as number | undefined;
    out[bound] =
      other === undefined ? own : next === 1 ? Math.max(own, other) : Math.min(own, other);
    if (!isExact) site.move(keyword, value, onClient);
  };
}

/** Keeps a bound unless its exclusive twin has already written a tighter one. */
const bound: Rule = (value, { out }, keyword) => {
  out[keyword] ??= value;
};

/** Recursion is unrolled a little, and may stand in properties that are not required only. */
const required: Rule = (value, site, keyword) => {
  const properties = (site.node.properties as Record<string, JsonSchema> | undefined) ?? {};
  const recursive = (value as string[]).filter((name) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return property && [...referencesIn(property)].some((ref) => site.leadsBack(ref));
  });
  const rest = (value as string[]).filter((name) => !recursive.includes(name));
  if (rest.length > 0) site.out.required = rest;
  if (recursive.length > 0)
    site.move(keyword, recursive, "Gemini takes recursion in optional properties only");
};

const reference: Rule = (ref, site, keyword) => {
  if (site.leadsBack(ref as string) && !site.inProperty)
    site.refuse("a schema that contains itself outside of a property");
  keep(ref, site, keyword);
};

/** Keys of a pattern are free keys where the pattern itself is not read. */
const additionalProperties: Rule = (value, site, keyword) => {
  if (site.node.patternProperties) site.move(keyword, value, onClient);
  else if (typeof value === "boolean") keep(value, site, keyword);
  else schema(value, site, keyword);
};

export const gemini: DialectRules = {
  prepare: [plainValues],
  keywords: {
    $ref: reference,
    title: keep,
    description: keep,
    type: keep,
    format: keep,
    enum: keep,
    items: schema,
    prefixItems: schemas,
    minItems: keep,
    maxItems: keep,
    minimum: bound,
    maximum: bound,
    exclusiveMinimum: exclusive("minimum", 1),
    exclusiveMaximum: exclusive("maximum", -1),
    anyOf: schemas,
    properties: schemaMap,
    additionalProperties,
    required,
    pattern: patternToWords,
  },
  finish: [],
  limits: {},
};
