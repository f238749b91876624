/** Does a schema in normal form accept null? */
import type { JsonSchema } from "../types/request.ts";
import { typesOf } from "./json.ts";

/** @param resolve the normal schema behind a canonical reference; undefined where unknown */
export function acceptsNull(
  node: JsonSchema,
  resolve: (ref: string) => JsonSchema | undefined,
  seen: readonly string[] = [],
): boolean {
  if (typeof node.$ref === "string") {
    const target = seen.includes(node.$ref) ? undefined : resolve(node.$ref);
    return target !== undefined && acceptsNull(target, resolve, [...seen, node.$ref]);
  }
  if (node.not !== undefined) return false;
  const types = typesOf(node);
  if (types && !types.includes("null")) return false;
  if (Object.hasOwn(node, "const") && node.const !== null) return false;
  if (Array.isArray(node.enum) && !node.enum.includes(null)) return false;
  const branches = (key: string) => (node[key] as JsonSchema[] | undefined) ?? [];
  const fits = (branch: JsonSchema) => acceptsNull(branch, resolve, seen);
  return branches("allOf").every(fits) && (!node.anyOf || branches("anyOf").some(fits));
}
