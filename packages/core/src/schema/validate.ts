/** The user's own schema on a value: validation by Standard Schema, sync or async. */
import type { StandardIssue, StandardSchema } from "./standard.ts";

/** `path` as in JavaScript: "items[0].name"; "" is the value itself. */
export interface ValidationIssue {
  path: string;
  message: string;
}
export type Validation<Output> = { value: Output } | { issues: ValidationIssue[] };

/**
 * Validates (and transforms) a value. Only a Standard Schema can: when the user gave a plain JSON
 * Schema (`response_format: { type: "json_schema" }`, a plain tool) nothing is validated on the
 * client, and what the caller gets is the JSON value as it came.
 * @throws what a transform or refinement of the user's schema throws
 */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<Validation<Output>> {
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return { value: result.value };
  return {
    issues: result.issues.map((issue) => ({
      path: pathText(keysOf(issue)),
      message: issue.message,
    })),
  };
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
