/** Takes back the nulls that a strict dialect invites where the user's schema says "optional". */
import type { JsonSchema } from "../types/request.ts";
import { acceptsNull } from "./accepts-null.ts";
import { isNever } from "./intersect.ts";
import { equal, isObject, typeOfValue, typesOf } from "./json.ts";
import { type NormalSchema, normalize } from "./normalize.ts";

/** A value nested deeper than this is left as it is. */
const MAX_DEPTH = 500;
/** Steps until the rest is left as it is: unions inside unions can be tried in endless ways. */
const MAX_STEPS = 1_000_000;

/**
 * The value without the nulls that stand at an optional property whose schema accepts no null:
 * such a null says "absent" and could never validate. Every other null stays.
 * @param value JSON; not changed
 * @param schema the user's JSON Schema
 */
export function dropAddedNulls(value: unknown, schema: JsonSchema): unknown {
  return new Restorer(normalize(schema)).restore(value, normalize(schema).root, 0).value;
}

/** A value without added nulls, and whether its structure then fits the schema. */
interface Restored {
  value: unknown;
  fits: boolean;
}

class Restorer {
  readonly #normal: NormalSchema;
  #steps = 0;
  constructor(normal: NormalSchema) {
    this.#normal = normal;
  }

  readonly #target = (ref: string): JsonSchema | undefined =>
    ref === "#" ? this.#normal.root : this.#normal.defs[ref.slice("#/$defs/".length)];

  restore(value: unknown, schema: JsonSchema, depth: number): Restored {
    if (depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return { value, fits: true };
    if (typeof schema.$ref === "string")
      return this.restore(value, this.#target(schema.$ref) ?? {}, depth + 1);
    if (Array.isArray(schema.anyOf)) return this.#branch(value, schema.anyOf, depth);
    if (!fitsShallow(value, schema)) return { value, fits: false };
    if (Array.isArray(value)) return this.#array(value, schema, depth);
    if (isObject(value)) return this.#object(value, schema, depth);
    return { value, fits: true };
  }

  /** The first branch whose structure the restored value fits; none: the value as it is. */
  #branch(value: unknown, branches: readonly JsonSchema[], depth: number): Restored {
    for (const branch of branches) {
      const restored = this.restore(value, branch, depth + 1);
      if (restored.fits) return restored;
    }
    return { value, fits: false };
  }

  #array(value: readonly unknown[], schema: JsonSchema, depth: number): Restored {
    const first = (schema.prefixItems as JsonSchema[] | undefined) ?? [];
    let fits = true;
    const items = value.map((item, index) => {
      const itemSchema = first[index] ?? (schema.items as JsonSchema | undefined);
      if (!itemSchema) return item;
      const restored = this.restore(item, itemSchema, depth + 1);
      fits &&= restored.fits;
      return restored.value;
    });
    return { value: items, fits };
  }

  #object(value: { readonly [key: string]: unknown }, schema: JsonSchema, depth: number): Restored {
    const properties = (schema.properties as Record<string, JsonSchema> | undefined) ?? {};
    const required = (schema.required as string[] | undefined) ?? [];
    const others = schema.additionalProperties;
    let fits = required.every((name) => Object.hasOwn(value, name));
    const entries: [string, unknown][] = [];
    for (const [name, item] of Object.entries(value)) {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (others === false && !known && !schema.patternProperties) fits = false;
      const itemSchema =
        known ?? (isObject(others) && !schema.patternProperties ? others : undefined);
      if (!itemSchema) {
        entries.push([name, item]);
        continue;
      }
      const isAdded =
        item === null && !required.includes(name) && !acceptsNull(itemSchema, this.#target);
      if (isAdded && known) continue;
      const restored = this.restore(item, itemSchema, depth + 1);
      fits &&= restored.fits;
      entries.push([name, restored.value]);
    }
    return { value: Object.fromEntries(entries), fits };
  }
}

/** Type and fixed values: enough to tell the branches of a union apart before going deeper. */
function fitsShallow(value: unknown, schema: JsonSchema): boolean {
  const types = typesOf(schema);
  const type = typeOfValue(value);
  const hasType = (name: string) =>
    name === type || (name === "integer" && Number.isInteger(value));
  if (types && !types.some(hasType)) return false;
  if (Object.hasOwn(schema, "const") && !equal(schema.const, value)) return false;
  if (Array.isArray(schema.enum) && !schema.enum.some((other) => equal(other, value))) return false;
  return !isNever(schema);
}
