/** Local references of a JSON Schema: where each points, under one canonical name in `$defs`. */
import type { JsonSchema } from "../types/request.ts";
import { schemaError } from "./check.ts";
import { isObject, step } from "./json.ts";

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
  let anchors: Map<string, string> | undefined;

  function pointerOf(ref: string, path: string): string {
    if (!ref.startsWith("#"))
      throw schemaError(
        step(path, "$ref"),
        `"${ref}" points outside the schema`,
        'Put the definition under "$defs" and point to "#/$defs/NAME".',
      );
    if (ref === "#" || ref.startsWith("#/")) {
      try {
        return decodeURIComponent(ref);
      } catch {
        return ref;
      }
    }
    anchors ??= readAnchors(root);
    return anchors.get(ref.slice(1)) ?? ref;
  }

  function canonical(ref: string, path: string): string {
    const pointer = pointerOf(ref, path);
    if (pointer === "#") return "#";
    let name = names.get(pointer);
    if (name === undefined) {
      const schema = pointer.startsWith("#/") ? lookUp(root, pointer) : undefined;
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

function lookUp(root: JsonSchema, pointer: string): unknown {
  let value: unknown = root;
  for (const token of pointer.slice(2).split("/")) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

function readAnchors(root: JsonSchema): Map<string, string> {
  const anchors = new Map<string, string>();
  (function walk(value: unknown, path: string): void {
    if (Array.isArray(value))
      for (const [index, item] of value.entries()) walk(item, step(path, index));
    else if (isObject(value)) {
      if (typeof value.$anchor === "string") anchors.set(value.$anchor, path);
      for (const [key, item] of Object.entries(value)) walk(item, step(path, key));
    }
  })(root, "#");
  return anchors;
}
