/**
 * Any JSON Schema in normal form: the few words that the dialects' rules then have to know.
 *
 * In normal form a node is an object; `$ref` stands alone and is "#" or "#/$defs/name"; `$defs`
 * stands at the root and holds what is referred to; the root is no reference; `oneOf` is `anyOf`;
 * `anyOf` has no constraints beside it and `allOf` is gone, where one schema can say the same; a
 * type list names scalars only; older drafts' words are gone. Raw as the user wrote them: the
 * schemas in `not`, `if`, `contains`, `dependentSchemas` and the like, which no dialect takes.
 */
import type { JsonSchema } from "../types/request.ts";
import { checkKeywords, copySchema, MAX_NODES, schemaError } from "./check.ts";
import { disjoint } from "./disjoint.ts";
import { intersect, isNever, never } from "./intersect.ts";
import { annotations, equal, isObject, mapValues, omit, onlyAnnotations, step } from "./json.ts";
import { modernize } from "./old-drafts.ts";
import { readTargets, type Targets } from "./refs.ts";
import { inferType, splitTypes } from "./types.ts";

/** Something that the schema said and the compiled one does not. */
export interface Moved {
  /** JSON pointer into the user's schema, as a URI fragment: "#/properties/age". */
  path: string;
  keyword: string;
  value: unknown;
  /** Why, and where it stands now. */
  why: string;
}

export interface NormalSchema {
  readonly root: JsonSchema;
  readonly defs: Readonly<Record<string, JsonSchema>>;
  readonly moved: readonly Moved[];
  /** Where in the user's schema a node comes from, where that is known. */
  readonly origin: (node: JsonSchema) => string | undefined;
}

const cache = new WeakMap<object, NormalSchema>();

/**
 * @throws UnsupportedParamsError naming the place: not JSON, too deep, a keyword of the wrong type,
 *   a reference that leads nowhere or out of the schema
 */
export function normalize(schema: JsonSchema): NormalSchema {
  let normal = cache.get(schema);
  if (!normal) {
    normal = new Normalizer(copySchema(schema)).result();
    cache.set(schema, normal);
  }
  return normal;
}

class Normalizer {
  readonly #raw: JsonSchema;
  readonly #targets: Targets;
  /** Undefined while a definition is being read: it refers to itself. */
  readonly #defs = new Map<string, JsonSchema | undefined>();
  readonly #origins = new WeakMap<object, string>();
  readonly #moved: Moved[] = [];
  #nodes = 0;

  constructor(raw: JsonSchema) {
    this.#raw = raw;
    this.#targets = readTargets(raw);
  }

  result(): NormalSchema {
    let root = this.#node(this.#raw, "#", false);
    for (let hops = 0; referenceOf(root); hops++) {
      const ref = referenceOf(root)!;
      const target = ref === "#" ? undefined : this.#resolve(ref);
      if (!target || hops > this.#defs.size)
        throw schemaError("#", "the root refers to itself", "Describe the root's type.");
      root = { ...target, ...omit(root, "$ref", "anyOf") };
      this.#origins.set(root, "#");
    }
    const defs: Record<string, JsonSchema> = {};
    const visit = (node: JsonSchema): void => {
      for (const ref of referencesIn(node)) {
        const name = ref.slice("#/$defs/".length);
        if (ref === "#" || Object.hasOwn(defs, name)) continue;
        defs[name] = this.#resolve(ref)!;
        this.#refuseLoop(ref);
        visit(defs[name]);
      }
    };
    visit(root);
    return { root, defs, moved: this.#moved, origin: (node) => this.#origins.get(node) };
  }

  /** A definition that is nothing but a reference must lead to a schema in the end. */
  #refuseLoop(ref: string): void {
    const seen = new Set<string>();
    for (let next: string | undefined = ref; next && next !== "#"; ) {
      if (seen.has(next))
        throw schemaError(next, "the reference leads back to itself", "Describe the type.");
      seen.add(next);
      const target: JsonSchema = this.#resolve(next)!;
      next = referenceOf(target);
    }
  }

  readonly #resolve = (ref: string): JsonSchema | undefined => {
    if (ref === "#") return undefined;
    const name = ref.slice("#/$defs/".length);
    if (!this.#defs.has(name)) {
      this.#defs.set(name, undefined);
      const { schema, path } = this.#targets.raw(name);
      this.#defs.set(name, this.#node(schema, path, false));
    }
    return this.#defs.get(name);
  };

  #node(raw: JsonSchema | boolean, path: string, embedded: boolean): JsonSchema {
    if (++this.#nodes > MAX_NODES)
      throw schemaError("#", `unfolds into more than ${MAX_NODES} parts`, "Send a simpler schema.");
    if (raw === false) return never;
    if (raw === true) return {};
    checkKeywords(raw, path);
    const inside = embedded || (path !== "#" && typeof raw.$id === "string");
    if (inside && typeof raw.$ref === "string")
      throw schemaError(
        path,
        "a $ref inside a schema that has its own $id",
        'Remove the $id, and refer to "#/$defs/NAME" of the root.',
      );
    let node: JsonSchema = this.#children(modernize(raw), path, inside);
    node = splitTypes(withoutIdleBounds(inferType(spreadReference(node))));
    node = this.#combine(node, path);
    this.#origins.set(node, path);
    return node;
  }

  #children(node: { [key: string]: unknown }, path: string, inside: boolean) {
    const one = (value: unknown, ...keys: (string | number)[]) =>
      this.#node(value as JsonSchema | boolean, step(path, ...keys), inside);
    for (const key of ["anyOf", "oneOf", "allOf", "prefixItems"]) {
      if (node[key]) node[key] = (node[key] as []).map((item, index) => one(item, key, index));
    }
    for (const key of ["properties", "patternProperties"]) {
      if (isObject(node[key]))
        node[key] = mapValues(node[key], (item, name) => one(item, key, name));
    }
    if (typeof node.$ref === "string") node.$ref = this.#targets.canonical(node.$ref, path);
    this.#readItems(node, one);
    if (isObject(node.additionalProperties)) {
      const values = one(node.additionalProperties, "additionalProperties");
      const isAny = Object.keys(values).length === 0;
      node.additionalProperties = isAny ? true : isNever(values) ? false : values;
    }
    return this.#withoutImpossible(node, path);
  }

  #readItems(node: { [key: string]: unknown }, one: (value: unknown, key: string) => JsonSchema) {
    if (node.items === undefined) return;
    const items = one(node.items, "items");
    delete node.items;
    if (isNever(items)) {
      const length = (node.prefixItems as unknown[] | undefined)?.length ?? 0;
      node.maxItems = Math.min(length, (node.maxItems as number | undefined) ?? length);
    } else if (Object.keys(items).length > 0) node.items = items;
  }

  /** Leaves out optional properties that no value fits: the object never has them. */
  #withoutImpossible(node: { [key: string]: unknown }, path: string) {
    const properties = node.properties as Record<string, JsonSchema> | undefined;
    if (!properties) return node;
    const required = (node.required as string[] | undefined) ?? [];
    const impossible = Object.keys(properties).filter(
      (name) => isNever(properties[name]!) && !required.includes(name),
    );
    for (const name of impossible)
      this.#moved.push({
        path: step(path, "properties", name),
        keyword: "not",
        value: properties[name]?.not,
        why: "the property can never be present: left out, checked on the client",
      });
    if (impossible.length > 0) node.properties = omit(properties, ...impossible);
    return node;
  }

  /** Folds `allOf`, `oneOf` and `anyOf` into the node where one schema can say the same. */
  #combine(node: JsonSchema, path: string): JsonSchema {
    const { anyOf, oneOf, allOf, ...base } = node;
    if (!anyOf && !oneOf && !allOf) return node;
    const described = Object.fromEntries(
      Object.entries(base).filter(([key]) => annotations.has(key)),
    );
    const own = omit(base, ...annotations);
    const parts = [
      own,
      ...((allOf as JsonSchema[] | undefined) ?? []),
      this.#union((anyOf as JsonSchema[] | undefined) ?? []),
      this.#union(this.#exclusive((oneOf as JsonSchema[] | undefined) ?? [], path)),
    ].filter((part) => Object.keys(part).length > 0);

    let all: JsonSchema | undefined = parts[0] ?? {};
    for (const part of parts.slice(1)) {
      all = all && intersect(all, part, this.#resolve);
      this.#nodes += size(all);
      if (this.#nodes > MAX_NODES)
        throw schemaError(path, "the combination is too large", "Send a simpler schema.");
    }
    if (!all) return { ...described, allOf: parts };
    if (typeof all.$ref === "string" && Object.keys(described).length > 0)
      return { ...described, anyOf: [all] };
    return { ...all, ...described };
  }

  #union(branches: readonly JsonSchema[]): JsonSchema {
    if (branches.length === 0) return {};
    const flat = branches.flatMap((branch) =>
      onlyKeys(branch, "anyOf") ? (branch.anyOf as JsonSchema[]) : [branch],
    );
    const possible = flat.filter((branch) => !isNever(branch));
    const distinct = possible.filter(
      (branch, index) => !possible.slice(0, index).some((other) => equal(other, branch)),
    );
    if (distinct.length === 0) return never;
    return distinct.length === 1 ? distinct[0]! : { anyOf: distinct };
  }

  #exclusive(branches: readonly JsonSchema[], path: string): readonly JsonSchema[] {
    if (branches.length > 1 && !disjoint(branches, this.#resolve))
      this.#moved.push({
        path,
        keyword: "oneOf",
        value: branches,
        why: "sent as anyOf; that exactly one branch fits is checked on the client",
      });
    return branches;
  }
}

/** `$ref` alone in its node: beside descriptions under an `anyOf`, beside constraints an `allOf`. */
function spreadReference(node: JsonSchema): JsonSchema {
  const { $ref, ...rest } = node;
  if (typeof $ref !== "string" || Object.keys(rest).length === 0) return node;
  if (onlyAnnotations(rest)) return { ...rest, anyOf: [{ $ref }] };
  return { ...rest, allOf: [{ $ref }, ...((rest.allOf as JsonSchema[] | undefined) ?? [])] };
}

/** zod writes JavaScript's safe range on every integer; a JSON number that we can read has it anyway. */
function withoutIdleBounds(node: JsonSchema): JsonSchema {
  const idle = [
    node.minimum === Number.MIN_SAFE_INTEGER ? "minimum" : "",
    node.maximum === Number.MAX_SAFE_INTEGER ? "maximum" : "",
  ].filter(Boolean);
  return idle.length > 0 ? omit(node, ...idle) : node;
}

function onlyKeys(node: JsonSchema, ...keys: string[]): boolean {
  return Object.keys(node).every((key) => keys.includes(key)) && Object.keys(node).length > 0;
}

/** The reference that a normal node is, described or not; undefined for any other node. */
function referenceOf(node: JsonSchema): string | undefined {
  if (typeof node.$ref === "string") return node.$ref;
  const [only, more] = (node.anyOf as JsonSchema[] | undefined) ?? [];
  return more ? undefined : (only?.$ref as string | undefined);
}

/** The schemas directly inside a normal node, with the keys that lead there. */
export function* childrenOf(
  node: JsonSchema,
): Generator<[child: JsonSchema, ...keys: (string | number)[]]> {
  for (const key of ["anyOf", "allOf", "prefixItems"]) {
    const list = (node[key] as JsonSchema[] | undefined) ?? [];
    for (const [index, child] of list.entries()) yield [child, key, index];
  }
  for (const key of ["properties", "patternProperties"]) {
    const map = (node[key] as Record<string, JsonSchema> | undefined) ?? {};
    for (const [name, child] of Object.entries(map)) yield [child, key, name];
  }
  for (const key of ["items", "additionalProperties"]) {
    if (isObject(node[key])) yield [node[key], key];
  }
}

/** The references anywhere inside a normal node. */
export function* referencesIn(node: JsonSchema): Generator<string> {
  if (typeof node.$ref === "string") yield node.$ref;
  for (const [child] of childrenOf(node)) yield* referencesIn(child);
}

function size(node: JsonSchema | undefined): number {
  if (!node) return 0;
  let count = 1;
  for (const [child] of childrenOf(node)) count += size(child);
  return count;
}
