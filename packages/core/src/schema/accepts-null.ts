/** Does a schema accept null? */
import type { JsonSchema } from "../types/request.ts";
import { shownTypes } from "./json.ts";

/** @param resolve the schema behind a reference; undefined where unknown */
export function acceptsNull(
  node: unknown,
  resolve: (ref: string) => unknown,
  seen: readonly string[] = [],
): boolean {
  if (typeof node !== "object" || node === null) return node === true;
  const { $ref, nullable, not, allOf, anyOf, oneOf, enum: values } = node as JsonSchema;
  if (nullable === true) return true; // OpenAPI 3.0's.
  if (typeof $ref === "string") {
    const isLoop = seen.includes($ref);
    if (isLoop || !acceptsNull(resolve($ref), resolve, [...seen, $ref])) return false;
  }
  const types = shownTypes(node as JsonSchema);
  if (not !== undefined || (types && !types.includes("null"))) return false;
  if (Object.hasOwn(node, "const") && (node as JsonSchema).const !== null) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  const fits = (branch: unknown) => acceptsNull(branch, resolve, seen);
  if (Array.isArray(allOf) && !allOf.every(fits)) return false;
  return [anyOf, oneOf].every((branches) => !Array.isArray(branches) || branches.some(fits));
}
