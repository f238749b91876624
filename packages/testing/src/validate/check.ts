/** Checks a value against a JSON Schema made from types, and says the one thing that is wrong. */
import type { Json, JsonObject } from "../json.ts";
import { asArray, asObject, isObject } from "../json.ts";

/** What is wrong, where. */
export interface Issue {
  kind: "unknown" | "missing" | "type" | "value" | "tag";
  /** Keys and indexes from the root to the value; for "unknown" and "missing" to its holder. */
  path: (string | number)[];
  /** The unknown or missing key, or the key of a union's tag. */
  key?: string;
  /** Type names for "type"; allowed values for "value" and "tag". */
  expected: string[];
  received: Json;
  /** For each union passed through, after how many path steps, the tag that chose the branch. */
  tags: { depth: number; tag: string }[];
}

/** How strictly a value is checked. */
export interface CheckOptions {
  /** Let keys and union tags pass that the schema does not know, and null for an absent key. */
  lenient?: boolean;
  /** The schema's spelling of a key that is not in the schema as it stands. */
  alias?: (key: string) => string;
}

const TAG_KEYS = ["type", "role"];

class Checker {
  readonly #root: JsonObject;
  readonly #options: CheckOptions;
  readonly #flat = new Map<JsonObject, JsonObject[]>();

  constructor(root: JsonObject, options: CheckOptions) {
    this.#root = root;
    this.#options = options;
  }

  #resolve(schema: JsonObject): JsonObject {
    let current = schema;
    while (typeof current.$ref === "string") {
      const name = current.$ref.slice("#/definitions/".length);
      current = asObject(asObject(this.#root.definitions)[name]);
    }
    return current;
  }

  /** The branches of a union, nested unions laid flat. */
  #branches(schema: JsonObject): JsonObject[] {
    const known = this.#flat.get(schema);
    if (known) return known;
    const flat = asArray(schema.anyOf).flatMap((branch) => {
      const resolved = this.#resolve(asObject(branch));
      return resolved.anyOf ? this.#branches(resolved) : [resolved];
    });
    this.#flat.set(schema, flat);
    return flat;
  }

  visit(given: JsonObject, value: Json, path: (string | number)[]): Issue | undefined {
    const schema = this.#resolve(given);
    if (schema.anyOf) return this.#union(schema, value, path);
    const wrong = (kind: Issue["kind"], expected: string[]): Issue => {
      return { kind, path, expected, received: value, tags: [] };
    };
    const allowed = schema.const !== undefined ? [schema.const] : asArray(schema.enum);
    if (schema.type !== undefined && !typesOf(schema).includes(typeName(value))) {
      return wrong("type", typesOf(schema));
    }
    if (allowed.length > 0 && !allowed.includes(value as never)) {
      return wrong("value", allowed.map(String));
    }
    if (Array.isArray(value) && isObject(schema.items)) {
      for (const [index, item] of value.entries()) {
        const issue = this.visit(schema.items, item, [...path, index]);
        if (issue) return issue;
      }
    }
    return isObject(value) ? this.#object(schema, value, path) : undefined;
  }

  #object(schema: JsonObject, value: JsonObject, path: (string | number)[]): Issue | undefined {
    const properties = asObject(schema.properties);
    const { lenient, alias = (key: string) => key } = this.#options;
    const present = new Set(
      Object.keys(value).map((key) => (key in properties ? key : alias(key))),
    );
    for (const key of asArray(schema.required).map(String)) {
      if (!present.has(key)) {
        return { kind: "missing", path, key, expected: [], received: null, tags: [] };
      }
    }
    for (const [key, item] of Object.entries(value)) {
      const property = properties[key] ?? properties[alias(key)];
      if (lenient && item === null && !asArray(schema.required).includes(key)) continue;
      if (property !== undefined) {
        const issue = this.visit(asObject(property), item, [...path, key]);
        if (issue) return issue;
      } else if (schema.additionalProperties === false) {
        if (lenient) continue;
        return { kind: "unknown", path, key, expected: [], received: item, tags: [] };
      } else if (isObject(schema.additionalProperties)) {
        const issue = this.visit(schema.additionalProperties, item, [...path, key]);
        if (issue) return issue;
      }
    }
    return undefined;
  }

  #union(schema: JsonObject, value: Json, path: (string | number)[]): Issue | undefined {
    const branches = this.#branches(schema);
    const fitting = branches.filter(
      (branch) => branch.type === undefined || typesOf(branch).includes(typeName(value)),
    );
    if (fitting.length === 0) {
      const expected = [...new Set(branches.flatMap(typesOf))];
      return { kind: "type", path, expected, received: value, tags: [] };
    }
    if (!isObject(value)) return this.#best(fitting, value, path);
    const key = TAG_KEYS.find((name) => fitting.some((branch) => tagsOf(branch, name).length > 0));
    if (!key) return this.#best(fitting, value, path);
    const tag = value[key];
    const tagged = fitting.filter((branch) => {
      const tags = tagsOf(branch, key);
      const isOptional = !asArray(branch.required).includes(key);
      return tag === undefined ? isOptional : tags.length === 0 || tags.includes(tag as never);
    });
    if (tagged.length === 0) {
      if (this.#options.lenient && tag !== undefined) return undefined;
      const expected = [...new Set(fitting.flatMap((b) => tagsOf(b, key).map(String)))];
      const kind = tag === undefined ? "missing" : "tag";
      return { kind, path, key, expected, received: tag ?? null, tags: [] };
    }
    const issue = this.#best(tagged, value, path);
    if (issue && typeof tag === "string") issue.tags.unshift({ depth: path.length, tag });
    return issue;
  }

  /** Undefined when a branch fits; else the issue of the branch that went deepest. */
  #best(branches: JsonObject[], value: Json, path: (string | number)[]): Issue | undefined {
    let best: Issue | undefined;
    for (const branch of branches) {
      const issue = this.visit(branch, value, path);
      if (!issue) return undefined;
      if (!best || issue.path.length > best.path.length) best = issue;
      else if (issue.kind === "value" && best.kind === "value" && samePath(issue, best)) {
        best.expected.push(...issue.expected.filter((each) => !best?.expected.includes(each)));
      }
    }
    return best;
  }
}

function samePath(a: Issue, b: Issue): boolean {
  return a.path.join("\n") === b.path.join("\n");
}

function tagsOf(branch: JsonObject, key: string): Json[] {
  const property = asObject(asObject(branch.properties)[key]);
  return property.const !== undefined ? [property.const] : asArray(property.enum);
}

function typesOf(schema: JsonObject): string[] {
  return (Array.isArray(schema.type) ? schema.type : [schema.type]).map(String);
}

/** The JSON Schema name of a value's type. */
export function typeName(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/**
 * The first thing wrong with a value, or undefined. Understands what the schemas in this folder
 * hold: type, const, enum, properties, required, additionalProperties, items, anyOf, `$ref`.
 */
export function check(
  schema: JsonObject,
  value: Json,
  options: CheckOptions = {},
): Issue | undefined {
  return new Checker(schema, options).visit(schema, value, []);
}
