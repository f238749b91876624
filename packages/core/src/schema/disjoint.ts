/** Can two branches of a union ever fit the same value? Only clear cases are said to be disjoint. */
import type { JsonSchema } from "../types/request.ts";
import { equal, typesOf } from "./json.ts";

/** Beyond this many branches nobody is compared with everybody. */
const MAX_BRANCHES = 100;

type Resolve = (ref: string) => JsonSchema | undefined;

/** Whether no value fits two of the branches: by type, or by a required property's fixed values. */
export function disjoint(branches: readonly JsonSchema[], resolve: Resolve): boolean {
  if (branches.length > MAX_BRANCHES) return false;
  const targets = branches.map((branch) =>
    typeof branch.$ref === "string" ? resolve(branch.$ref) : branch,
  );
  return targets.every((a, index) =>
    targets.slice(index + 1).every((b) => a !== undefined && b !== undefined && apart(a, b)),
  );
}

function apart(a: JsonSchema, b: JsonSchema): boolean {
  if (differ(a, b)) return true;
  const required = ((a.required as string[]) ?? []).filter((name) =>
    ((b.required as string[]) ?? []).includes(name),
  );
  return required.some((name) => {
    const [left, right] = [a, b].map(
      (node) => (node.properties as Record<string, JsonSchema> | undefined)?.[name],
    );
    return left !== undefined && right !== undefined && differ(left, right);
  });
}

function differ(a: JsonSchema, b: JsonSchema): boolean {
  const values = [a, b].map((node) =>
    Object.hasOwn(node, "const") ? [node.const] : (node.enum as unknown[] | undefined),
  );
  const [mine, theirs] = values;
  if (mine && theirs) return !mine.some((value) => theirs.some((other) => equal(value, other)));
  const left = typesOf(a)?.map(broad);
  const right = typesOf(b)?.map(broad);
  return left !== undefined && right !== undefined && !left.some((type) => right.includes(type));
}

const broad = (type: string) => (type === "integer" ? "number" : type);
