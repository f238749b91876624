/** The user's own schema on a value that a model wrote: validation by Standard Schema, sync or async. */
import type { JsonSchema } from "../types/request.ts";
import { dropAddedNulls, holdsNull, withoutNulls } from "./restore.ts";
import type { StandardIssue, StandardResult, StandardSchema } from "./standard.ts";

/** `path` as in JavaScript: "items[0].name"; "" is the value itself. */
export interface ValidationIssue {
  path: string;
  message: string;
}

/** What the schema says, and of what: the value without the nulls that say "absent". */
export interface Validation<Output> {
  result: StandardResult<Output>;
  read: unknown;
}

/**
 * Validates (and transforms) a value. Where a union leaves open which nulls say "absent", and the
 * likely reading does not fit, one without any is tried.
 * @param json the JSON Schema of `schema`
 * @throws what a transform or refinement of the user's schema throws
 */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  json: JsonSchema,
): Promise<Validation<Output>> {
  const { validate } = schema["~standard"];
  const read = dropAddedNulls(value, json);
  const result = await validate(read);
  if (!result.issues || !holdsNull(read)) return { result, read };
  const bare = withoutNulls(read);
  const again = await validate(bare);
  return again.issues ? { result, read } : { result: again, read: bare };
}

/** A Standard Schema's issues, with paths that a person reads. */
export function issuesOf(issues: readonly StandardIssue[]): ValidationIssue[] {
  return issues.map((issue) => ({ path: pathText(keysOf(issue)), message: issue.message }));
}

/** The keys that lead to where a Standard Schema found an issue. */
export function keysOf({ path = [] }: StandardIssue): readonly PropertyKey[] {
  return path.map((part) => (typeof part === "object" ? part.key : part));
}

/** Keys as JavaScript writes them: `items[0].name`. */
export function pathText(keys: readonly PropertyKey[]): string {
  const text = keys
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      const name = String(key);
      return /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join("");
  return text.replace(/^\./, "");
}
