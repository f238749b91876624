/** Takes back the nulls that a strict dialect invites where the user's schema says "optional". */
import type { JsonSchema } from "../types/request.ts";
import { acceptsNull } from "./accepts-null.ts";
import { equal, isObject, shownTypes, typeOfValue } from "./json.ts";
import { lookUp, pointerOf } from "./pointers.ts";

/** A value nested deeper than this is left as it is. */
const MAX_DEPTH = 500;
/** Steps until the rest is left as it is: unions inside unions can be tried in endless ways. */
const MAX_STEPS = 200_000;

/**
 * The value without the nulls that stand at an optional property whose schema accepts no null:
 * such a null says "absent" and could never validate. Every other null stays.
 * @param value JSON; not changed
 * @param schema the user's JSON Schema, of any draft
 */
export function dropAddedNulls(value: unknown, schema: JsonSchema): unknown {
  return holdsNull(value) ? new Restorer(schema).restore(value, [schema], 0).value : value;
}

/** Most values hold none, and need not be held to their schema. What is nested too deep may. */
export function holdsNull(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return value === null;
  return depth > MAX_DEPTH || Object.values(value).some((item) => holdsNull(item, depth + 1));
}

/** The value without any null that is an object's property. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutNulls(item)]));
}

/** A value without added nulls, and whether its structure then fits the schemas. */
interface Restored {
  value: unknown;
  fits: boolean;
}

/**
 * Reads the schema as the user wrote it, since this runs where no adapter with a compiler need be.
 * All of several schemas hold for a value at once: `allOf`, and what stands beside a `$ref`.
 */
class Restorer {
  readonly #root: JsonSchema;
  #steps = 0;
  /** How many unions are around the value that is being read. */
  #unions = 0;
  constructor(root: JsonSchema) {
    this.#root = root;
  }

  readonly #target = (ref: string): unknown => lookUp(pointerOf(ref, this.#root) ?? "", this.#root);

  restore(value: unknown, schemas: readonly unknown[], depth: number): Restored {
    if (depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return { value, fits: true };
    const nodes = this.#nodes(schemas);
    if (!nodes.every((node) => fitsShallow(value, node))) return { value, fits: false };
    for (const keyword of ["anyOf", "oneOf"]) {
      const union = nodes.find((node) => Array.isArray(node[keyword]));
      if (!union) continue;
      // What `$ref` and `allOf` say stands beside them already.
      const others = nodes.map(({ $ref, allOf, ...node }) => node as { [key: string]: unknown });
      delete others[nodes.indexOf(union)]![keyword];
      return this.#branch(value, union[keyword] as unknown[], others, depth);
    }
    if (Array.isArray(value)) return this.#array(value, nodes, depth);
    return isObject(value) ? this.#object(value, nodes, depth) : { value, fits: true };
  }

  /** The schemas, with those that they refer to and consist of beside them. */
  #nodes(schemas: readonly unknown[]): JsonSchema[] {
    const nodes = new Set<unknown>(schemas);
    for (const node of nodes) {
      if (!isObject(node)) continue;
      if (typeof node.$ref === "string") nodes.add(this.#target(node.$ref));
      if (Array.isArray(node.allOf)) for (const part of node.allOf) nodes.add(part);
    }
    return [...nodes].map((node) => (node === false ? { not: {} } : node)).filter(isObject);
  }

  /** The branch that the value fits as it is, else the first that it fits restored. */
  #branch(
    value: unknown,
    branches: readonly unknown[],
    others: readonly unknown[],
    depth: number,
  ): Restored {
    let best: Restored = { value, fits: false };
    this.#unions++;
    for (const branch of branches) {
      const restored = this.restore(value, [...others, branch], depth + 1);
      if (!restored.fits) continue;
      if (!best.fits || restored.value === value) best = restored;
      // Deep in unions of unions the first will do: their ways multiply.
      if (best.value === value || this.#unions > 3) break;
    }
    this.#unions--;
    return best;
  }

  #array(value: readonly unknown[], nodes: readonly JsonSchema[], depth: number): Restored {
    let fits = true;
    const items = value.map((item, index) => {
      const schemas = nodes.map((node) => itemSchema(node, index));
      const restored = this.restore(item, schemas, depth + 1);
      fits &&= restored.fits;
      return restored.value;
    });
    return { value: items.every((item, index) => item === value[index]) ? value : items, fits };
  }

  #object(
    value: { readonly [key: string]: unknown },
    nodes: readonly JsonSchema[],
    depth: number,
  ): Restored {
    const required = nodes.flatMap((node) => (node.required as string[] | undefined) ?? []);
    let fits = required.every((name) => Object.hasOwn(value, name));
    const kept: [name: string, item: unknown, schemas: readonly unknown[]][] = [];
    for (const [name, item] of Object.entries(value)) {
      const declared = nodes.map((node) => propertySchema(node, name)).filter((one) => one);
      const open = nodes.map((node) => openSchema(node));
      if (declared.length === 0 && open.includes(false)) fits = false;
      const schemas = declared.length > 0 ? declared : open.filter((one) => one);
      const isAdded =
        item === null &&
        declared.length > 0 &&
        !required.includes(name) &&
        !declared.every((schema) => acceptsNull(schema, this.#target));
      if (isAdded) continue;
      fits &&= this.#nodes(schemas).every((node) => fitsShallow(item, node));
      kept.push([name, item, schemas]);
    }
    // A branch that a tag rules out is not gone into: a tree of such unions has no end of paths.
    if (!fits && this.#unions > 0) return { value, fits };
    let same = kept.length === Object.keys(value).length;
    const entries = kept.map(([name, item, schemas]) => {
      const restored = this.restore(item, schemas, depth + 1);
      fits &&= restored.fits;
      same &&= restored.value === item;
      return [name, restored.value] as const;
    });
    return { value: same ? value : Object.fromEntries(entries), fits };
  }
}

/** Older drafts have a list in `items`, and the rest in `additionalItems`. */
function itemSchema({ items, prefixItems, additionalItems }: JsonSchema, index: number): unknown {
  const [first, rest] = Array.isArray(items) ? [items, additionalItems] : [prefixItems, items];
  return (first as unknown[] | undefined)?.[index] ?? rest;
}

/** A property is declared by its name, or as one of a record's enumerated keys. */
function propertySchema(node: JsonSchema, name: string): unknown {
  const { properties, propertyNames } = node;
  if (properties) return Object.hasOwn(properties, name) && (properties as JsonSchema)[name];
  const keys = (propertyNames as JsonSchema | undefined)?.enum;
  return Array.isArray(keys) && keys.includes(name) && openSchema(node);
}

/** What holds for properties that are not declared: false when there are none. */
function openSchema({ patternProperties, additionalProperties }: JsonSchema): unknown {
  return patternProperties ? undefined : additionalProperties;
}

/** Type and fixed values: enough to tell the branches of a union apart before going deeper. */
function fitsShallow(value: unknown, schema: JsonSchema): boolean {
  if (value === null && schema.nullable === true) return true;
  const types = shownTypes(schema);
  const type = typeOfValue(value);
  const hasType = (name: string) =>
    name === type || (name === "integer" && Number.isInteger(value));
  if (types && !types.some(hasType)) return false;
  if (Object.hasOwn(schema, "const") && !equal(schema.const, value)) return false;
  if (Array.isArray(schema.enum) && !schema.enum.some((other) => equal(other, value))) return false;
  return !(isObject(schema.not) && Object.keys(schema.not).length === 0);
}
