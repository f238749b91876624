/** The small rules that dialects are made of: what to do with one keyword, before it and after. */
import type { JsonSchema } from "../types/request.ts";
import { isObject, mapValues, omit, onlyAnnotations, typesOf } from "./json.ts";

/** One node on its way into a dialect. */
export interface Site {
  /** The node in normal form. */
  readonly node: JsonSchema;
  /** The node as the dialect says it; rules write here. */
  readonly out: { [keyword: string]: unknown };
  readonly isRoot: boolean;
  /** Whether a property stands between this node and its definition (or the root). */
  readonly inProperty: boolean;
  /** A schema inside this node, in the dialect. */
  child(schema: JsonSchema, ...keys: (string | number)[]): JsonSchema;
  /** Reports what is left out; says it in the description too unless `silent`. */
  move(keyword: string, value: unknown, why: string, silent?: "silent"): void;
  /** The dialect cannot hold the schema. */
  refuse(why: string): void;
  /** Whether the reference leads back to the definition that this node is part of. */
  leadsBack(ref: string): boolean;
  /** Whether null fits a normal schema. */
  acceptsNull(schema: JsonSchema): boolean;
}

/** What becomes of a keyword. */
export type Rule = (value: unknown, site: Site, keyword: string) => void;

/** A provider's dialect of JSON Schema. Keywords without a rule go into the description. */
export interface DialectRules {
  /** Rewrites a normal node before its keywords are read. */
  readonly prepare: readonly ((node: JsonSchema, site: Site) => JsonSchema)[];
  readonly keywords: Readonly<Record<string, Rule>>;
  /** Completes `site.out` once all keywords are read. */
  readonly finish: readonly ((site: Site) => void)[];
  /** The most that one schema may have of each. */
  readonly limits: Readonly<Partial<Record<Measure, number>>>;
}
export type Measure = "properties" | "optional" | "unions" | "depth" | "enumValues";

export const onClient =
  "the provider has no such keyword: in the description, checked on the client";

export const keep: Rule = (value, { out }, keyword) => {
  out[keyword] = value;
};

export const toWords: Rule = (value, site, keyword) => site.move(keyword, value, onClient);

// A bundle without adapters goes without dialects: the bundler must know these calls for pure.
/* @__NO_SIDE_EFFECTS__ */
export function keepIf(fits: (value: unknown) => boolean): Rule {
  return (value, site, keyword) => (fits(value) ? keep : toWords)(value, site, keyword);
}

/** A keyword whose value is a schema, a list of schemas, or a map of them. */
export const schema: Rule = (value, { out, child }, keyword) => {
  out[keyword] = child(value as JsonSchema, keyword);
};
export const schemas: Rule = (value, { out, child }, keyword) => {
  out[keyword] = (value as JsonSchema[]).map((item, index) => child(item, keyword, index));
};
export const schemaMap: Rule = (value, { out, child }, keyword) => {
  out[keyword] = mapValues(value as JsonSchema, (item, name) =>
    child(item as JsonSchema, keyword, name),
  );
};

/* @__NO_SIDE_EFFECTS__ */
export function refuse(why: string): Rule {
  return (_value, site) => site.refuse(why);
}

/** Objects are closed in this dialect: `additionalProperties` may only say so. */
export const closedOnly: Rule = (value, site) => {
  if (value !== false)
    site.refuse("an object of free keys (a record, or additionalProperties other than false)");
};

/** A condition may go into words, unless it brings properties that a closed object would forbid. */
export const conditionToWords: Rule = (value, site, keyword) => {
  const known = (site.node.properties as object | undefined) ?? {};
  const brought = isObject(value) ? namesIn(value) : [];
  if (brought.some((name) => !Object.hasOwn(known, name)))
    site.refuse(`"${keyword}" brings properties that "properties" does not declare`);
  else toWords(value, site, keyword);
};

function namesIn(schema: JsonSchema): string[] {
  const nested = Object.entries(schema).flatMap(([key, value]) =>
    key !== "properties" && isObject(value) ? namesIn(value) : [],
  );
  return [...Object.keys((schema.properties as object | undefined) ?? {}), ...nested];
}

/** Closes objects; an object that declares nothing would be closed to everything. */
export function closeObjects(site: Site): void {
  const { node, out } = site;
  if (!typesOf(node)?.includes("object")) return;
  if (!node.properties && node.additionalProperties === undefined && !node.patternProperties)
    site.refuse("an object that declares no properties");
  out.properties ??= {};
  const required = (node.required as string[] | undefined) ?? [];
  const unknown = required.find((name) => !Object.hasOwn(out.properties as object, name));
  if (unknown !== undefined)
    site.refuse(`the required property "${unknown}" is not declared in "properties"`);
  out.additionalProperties = false;
}

/** Refuses a node that says no type: strict decoding needs to know what comes. */
export function needsType({ node, refuse }: Site): void {
  const says = ["type", "anyOf", "$ref", "enum", "const", "allOf"];
  if (!says.some((keyword) => Object.hasOwn(node, keyword)))
    refuse("a part without a type (any JSON value, or none)");
}

/** A tuple as an array of any of its items' schemas; the order goes into words. */
export function loosenTuples(node: JsonSchema, site: Site): JsonSchema {
  if (!Array.isArray(node.prefixItems)) return node;
  site.move("prefixItems", node.prefixItems, onClient);
  const items = [...node.prefixItems, ...(node.items ? [node.items as JsonSchema] : [])];
  const seen = new Map(items.map((item) => [JSON.stringify(item), item]));
  const isOpen = node.items === undefined && !(Number(node.maxItems) <= node.prefixItems.length);
  const [only, ...more] = seen.values();
  const rest = omit(node, "prefixItems", "items");
  if (isOpen) return rest;
  return { ...rest, items: more.length > 0 ? { anyOf: [only, ...more] } : only };
}

/** Long machine-made patterns (zod's for its formats) would drown the description. */
const LONG_PATTERN = 80;

/** A pattern in words, unless a format says the same to a reader and the pattern is long. */
export const patternToWords: Rule = (value, site, keyword) => {
  const isNoise = site.node.format !== undefined && String(value).length > LONG_PATTERN;
  if (isNoise) site.move(keyword, value, "the format says it; checked on the client", "silent");
  else toWords(value, site, keyword);
};

/** Whether a value is a string, number, boolean or null. */
export const isPrimitive = (value: unknown): boolean => typeof value !== "object" || value === null;

/** The schema, or null. Descriptions stay outside. */
export function nullable(node: JsonSchema): JsonSchema {
  const types = typesOf(node);
  const isScalar = types && !types.some((type) => type === "object" || type === "array");
  if (isScalar && !Object.hasOwn(node, "const"))
    return {
      ...node,
      type: [...types, "null"],
      ...(Array.isArray(node.enum) ? { enum: [...node.enum, null] } : {}),
    };
  if (Array.isArray(node.anyOf) && onlyAnnotations(node, "anyOf"))
    return { ...node, anyOf: [...node.anyOf, { type: "null" }] };
  const { title, description, ...rest } = node;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    anyOf: [rest, { type: "null" }],
  };
}
