/** Where a local reference points: "#", "#/$defs/NAME" or any other JSON pointer, "#anchor". */
import type { JsonSchema } from "../types/request.ts";
import { isObject, step } from "./json.ts";

/** The JSON pointer that a `$ref` means; undefined for one that leads out of the schema. */
export function pointerOf(ref: string, root: JsonSchema): string | undefined {
  if (!ref.startsWith("#")) return undefined;
  if (ref !== "#" && !ref.startsWith("#/")) return anchorsOf(root).get(ref.slice(1)) ?? ref;
  try {
    return decodeURIComponent(ref);
  } catch {
    return ref;
  }
}

/** What stands at a JSON pointer. */
export function lookUp(pointer: string, root: JsonSchema): unknown {
  if (pointer === "#") return root;
  if (!pointer.startsWith("#/")) return undefined;
  let value: unknown = root;
  for (const token of pointer.slice(2).split("/")) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

const known = new WeakMap<JsonSchema, Map<string, string>>();

function anchorsOf(root: JsonSchema): Map<string, string> {
  let anchors = known.get(root);
  if (!anchors) {
    anchors = new Map<string, string>();
    readAnchors(root, "#", anchors);
    known.set(root, anchors);
  }
  return anchors;
}

function readAnchors(value: unknown, path: string, anchors: Map<string, string>): void {
  if (typeof value !== "object" || value === null) return;
  const { $anchor } = value as { $anchor?: unknown };
  if (typeof $anchor === "string") anchors.set($anchor, path);
  for (const [key, item] of Object.entries(value)) readAnchors(item, step(path, key), anchors);
}
