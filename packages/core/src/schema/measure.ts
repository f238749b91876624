/** How large a compiled schema is, in the counts that providers limit. */
import type { JsonSchema } from "../types/request.ts";
import { typesOf } from "./json.ts";
import { childrenOf } from "./normalize.ts";
import type { Measure } from "./rules.ts";

/** @returns counts over the root and its definitions; depth in objects and arrays inside each other */
export function measure(root: JsonSchema): Record<Measure, number> {
  const counts = { properties: 0, optional: 0, unions: 0, depth: 0, enumValues: 0 };
  const visit = (node: JsonSchema, depth: number): void => {
    const names = Object.keys((node.properties as object | undefined) ?? {});
    const required = (node.required as string[] | undefined) ?? [];
    const types = typesOf(node) ?? [];
    const inner = depth + Number(types.includes("object") || types.includes("array"));
    counts.properties += names.length;
    counts.optional += names.filter((name) => !required.includes(name)).length;
    counts.unions += Number(Array.isArray(node.anyOf) || types.length > 1);
    counts.enumValues += (node.enum as unknown[] | undefined)?.length ?? 0;
    counts.depth = Math.max(counts.depth, inner);
    for (const [child] of childrenOf(node)) visit(child, inner);
  };
  visit(root, 0);
  const defs = (root.$defs as Record<string, JsonSchema> | undefined) ?? {};
  for (const definition of Object.values(defs)) visit(definition, 0);
  return counts;
}
