/** Local references of a JSON Schema: where each points, under one canonical name in `$defs`. */
import type { JsonSchema } from "../types/request.ts";
import { schemaError } from "./check.ts";
import { isObject, step } from "./json.ts";
import { lookUp, pointerOf } from "./pointers.ts";

/** The schemas that references point at, by their name in `$defs`. */
export interface Targets {
  /**
   * Canonical form of a `$ref`: "#" or "#/$defs/name".
   * @throws UnsupportedParamsError when it is not local or points at nothing
   */
  canonical(ref: string, path: string): string;
  /** The raw schema behind a canonical name, and its JSON pointer in the user's schema. */
  raw(name: string): { schema: JsonSchema | boolean; path: string };
}

/** Reads the references of a schema whose root is `root`. */
export function readTargets(root: JsonSchema): Targets {
  const names = new Map<string, string>();
  const found = new Map<string, { schema: JsonSchema | boolean; path: string }>();

  function canonical(ref: string, path: string): string {
    const pointer = pointerOf(ref, root);
    if (pointer === undefined)
      throw schemaError(
        step(path, "$ref"),
        `"${ref}" points outside the schema`,
        'Put the definition under "$defs" and point to "#/$defs/NAME".',
      );
    if (pointer === "#") return "#";
    let name = names.get(pointer);
    if (name === undefined) {
      const schema = lookUp(pointer, root);
      if (!isObject(schema) && typeof schema !== "boolean")
        throw schemaError(
          step(path, "$ref"),
          `"${ref}" points at nothing`,
          'Put the definition under "$defs".',
        );
      name = freeName(pointer);
      names.set(pointer, name);
      found.set(name, { schema, path: pointer });
    }
    return `#/$defs/${name}`;
  }

  /** Letters, digits, "_", "." and "-" are what every provider takes in a definition's name. */
  function freeName(pointer: string): string {
    const wanted = pointer
      .replace(/^#\/(\$defs|definitions)\//, "")
      .replace(/^#\//, "")
      .replaceAll(/[^A-Za-z0-9_.-]/g, "_");
    let name = wanted;
    for (let n = 2; found.has(name); n++) name = `${wanted}_${n}`;
    return name;
  }

  return { canonical, raw: (name) => found.get(name)! };
}
