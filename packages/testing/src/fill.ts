/** Values for a JSON Schema, taken from the words of a message where they fit. */
import type { Json, JsonObject } from "./json.ts";
import { asArray, asObject, asString, isObject } from "./json.ts";
import type { Words } from "./words.ts";

const MAX_DEPTH = 12;

interface State {
  root: JsonObject;
  words: Words;
  depth: number;
  /** How many of the names and numbers have been handed out. */
  used: { names: number; numbers: number };
}

function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let hops = 0; typeof current.$ref === "string" && hops < 20; hops++) {
    const path = current.$ref.replace(/^#\/?/, "").split("/").filter(Boolean);
    let target: Json | undefined = root;
    for (const part of path) {
      const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
      target = asObject(target)[key];
    }
    const { $ref: _, ...beside } = current;
    current = { ...asObject(target), ...beside };
  }
  return current;
}

function typeOf(schema: JsonObject): string {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map((t) =>
    asString(t).toLowerCase(),
  );
  const named = types.find((t) => t !== "null" && t !== "") ?? types.find((t) => t === "null");
  if (named) return named;
  if (schema.properties) return "object";
  if (schema.items || schema.prefixItems) return "array";
  return "string";
}

function fromEnum(values: Json[], words: Words): Json {
  const fitting = values.find(
    (v) => typeof v === "string" && words.all.includes(v.toLowerCase().replace(/s$/, "")),
  );
  const contained = values.find(
    (v) => typeof v === "string" && v && words.text.toLowerCase().includes(v.toLowerCase()),
  );
  return fitting ?? contained ?? values.find((v) => v !== null) ?? null;
}

const byFormat: Record<string, (words: Words) => string> = {
  date: (w) => w.date ?? "2026-01-15",
  "date-time": (w) => `${w.date ?? "2026-01-15"}T09:30:00Z`,
  time: () => "09:30:00Z",
  duration: () => "PT30M",
  email: (w) => w.email ?? "ada@example.com",
  "idn-email": (w) => w.email ?? "ada@example.com",
  hostname: () => "example.com",
  uri: (w) => w.url ?? "https://example.com/",
  url: (w) => w.url ?? "https://example.com/",
  "uri-reference": (w) => w.url ?? "https://example.com/",
  uuid: () => "123e4567-e89b-42d3-a456-426614174000",
  ipv4: () => "192.0.2.1",
  ipv6: () => "2001:db8::1",
  byte: () => "c2ltdWxhdG9y",
};

const WHOLE_TEXT = /quer|question|text|input|message|content|prompt|task|request|search/;

function stringFor(name: string, schema: JsonObject, state: State): string {
  const { words } = state;
  const make = byFormat[asString(schema.format)];
  if (make) return make(words);
  const key = name.toLowerCase();
  let value: string | undefined;
  if (/setup/.test(key)) value = words.joke.setup;
  else if (/punch_?line/.test(key)) value = words.joke.punchline;
  else if (/joke/.test(key)) value = `${words.joke.setup} ${words.joke.punchline}`;
  else if (/expression|formula|calculation/.test(key)) value = words.arithmetic;
  else if (/e-?mail/.test(key)) value = words.email;
  else if (/url|link|href/.test(key)) value = words.url;
  else if (/date|day/.test(key)) value = words.date;
  value ??= words.quoted[0];
  if (value === undefined && WHOLE_TEXT.test(key)) value = words.text;
  if (value === undefined && words.names.length > 0) {
    value = words.names[Math.min(state.used.names++, words.names.length - 1)];
  }
  value ??= words.all.findLast((word) => word.length > 3) ?? "simulator";
  if (typeof schema.maxLength === "number") value = [...value].slice(0, schema.maxLength).join("");
  if (typeof schema.minLength === "number") value = value.padEnd(schema.minLength, ".");
  return value;
}

function numberFor(schema: JsonObject, state: State, whole: boolean): number {
  const bound = (key: string) => (typeof schema[key] === "number" ? schema[key] : undefined);
  const step = bound("multipleOf") ?? (whole ? 1 : undefined);
  const above = bound("exclusiveMinimum");
  const below = bound("exclusiveMaximum");
  const gap = step ?? 0.5;
  const low = bound("minimum") ?? (above === undefined ? undefined : above + gap);
  const high = bound("maximum") ?? (below === undefined ? undefined : below - gap);
  const { numbers } = state.words;
  let value = numbers[state.used.numbers] ?? numbers.at(-1) ?? 1;
  state.used.numbers++;
  if (high !== undefined) value = Math.min(value, high);
  if (low !== undefined) value = Math.max(value, low);
  if (step === undefined) return value;
  const rounded = Math.round(value / step) * step;
  if (high !== undefined && rounded > high) return Math.floor(high / step) * step;
  return low !== undefined && rounded < low ? Math.ceil(low / step) * step : rounded;
}

function arrayFor(name: string, schema: JsonObject, state: State): Json[] {
  const first = asArray(schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : []));
  const values = first.map((item) => valueFor(name, asObject(item), state));
  const atLeast = Number(schema.minItems ?? 0);
  const items = isObject(schema.items) ? schema.items : undefined;
  if (!items) return values;
  const isText = typeOf(resolve(items, state.root)) === "string" && !items.enum;
  const wanted = isText ? Math.max(1, state.words.names.length) : 1;
  const atMost = typeof schema.maxItems === "number" ? schema.maxItems : Number.POSITIVE_INFINITY;
  const depthLimited = state.depth > MAX_DEPTH ? 0 : wanted;
  const length = Math.min(Math.max(atLeast, depthLimited), atMost);
  if (isText) state.used.names = 0;
  while (values.length < length) values.push(valueFor(name, items, state));
  return values;
}

function objectFor(schema: JsonObject, state: State): JsonObject {
  const required = asArray(schema.required);
  const value: JsonObject = {};
  for (const [key, property] of Object.entries(asObject(schema.properties))) {
    if (state.depth > MAX_DEPTH / 2 && !required.includes(key)) continue;
    value[key] = valueFor(key, asObject(property), state);
  }
  return value;
}

function isRecursive(schema: JsonObject): boolean {
  return JSON.stringify(schema).includes('"$ref"');
}

function valueFor(name: string, given: JsonObject, outer: State): Json {
  const state = { ...outer, depth: outer.depth + 1 };
  if (state.depth > MAX_DEPTH * 4) return null;
  let schema = resolve(given, state.root);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return fromEnum(schema.enum, state.words);
  const branches = asArray(schema.anyOf ?? schema.oneOf).map(asObject);
  if (branches.length > 0) {
    const nulls = branches.find((b) => b.type === "null");
    const real = branches.filter((b) => b.type !== "null");
    if (nulls && state.depth > MAX_DEPTH / 2) return null;
    const flat = state.depth > MAX_DEPTH / 2 ? real.find((b) => !isRecursive(b)) : undefined;
    return valueFor(name, { ...(flat ?? real[0] ?? { type: "null" }) }, state);
  }
  for (const part of asArray(schema.allOf)) {
    const { properties, required, ...rest } = resolve(asObject(part), state.root);
    schema = {
      ...schema,
      ...rest,
      properties: { ...asObject(schema.properties), ...asObject(properties) },
      required: [...asArray(schema.required), ...asArray(required)],
    };
  }
  const isNullable = schema.nullable === true || asArray(schema.type).includes("null");
  if (isNullable && state.depth > MAX_DEPTH / 2) return null;
  switch (typeOf(schema)) {
    case "object":
      return objectFor(schema, state);
    case "array":
      return arrayFor(name, schema, state);
    case "integer":
      return numberFor(schema, state, true);
    case "number":
      return numberFor(schema, state, false);
    case "boolean":
      return !/\b(not|no|never|without)\b/i.test(state.words.text);
    case "null":
      return null;
    default:
      return stringFor(name, schema, state);
  }
}

/**
 * A value that satisfies a JSON Schema. `pattern` and `not` are beyond it.
 * @param schema local `$ref`s are followed; recursion ends at optional, nullable or empty parts
 * @param words where strings, numbers and enum members are taken from, if they fit
 */
export function fill(schema: JsonObject, words: Words): Json {
  return valueFor("", schema, { root: schema, words, depth: 0, used: { names: 0, numbers: 0 } });
}
