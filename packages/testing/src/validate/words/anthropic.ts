/** A type error as Anthropic words it. */
import type { Refusal } from "../../refusal.ts";
import type { Issue } from "../check.ts";

/** `messages.0.content.0.text`: the path, with the tag of each union passed through. */
function where({ path, tags }: Issue): string {
  const steps: (string | number)[] = [];
  for (let depth = 0; depth <= path.length; depth++) {
    for (const tag of tags) {
      const isOwnName = tag.tag === "user" || tag.tag === "assistant";
      if (tag.depth === depth && !isOwnName) steps.push(tag.tag);
    }
    const step = path[depth];
    if (step !== undefined) steps.push(step);
  }
  return steps.join(".");
}

function alternatives(values: string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

const types: Record<string, string> = {
  string: "a valid string",
  number: "a valid number",
  boolean: "a valid boolean",
  object: "a valid dictionary",
  array: "a valid list",
};

/** A 400 with this message. */
export function anthropicRefusal(message: string): Refusal {
  return { status: 400, message };
}

/** The refusal of a type error. */
export function anthropicWords(issue: Issue): Refusal {
  const at = where(issue);
  const { kind, key, expected, received } = issue;
  const inside = [at, key].filter(Boolean).join(".");
  switch (kind) {
    case "unknown":
      return anthropicRefusal(`${inside}: Extra inputs are not permitted`);
    case "missing":
      return anthropicRefusal(`${inside}: Field required`);
    case "tag": {
      const known = expected.map((tag) => `'${tag}'`).join(", ");
      return anthropicRefusal(
        `${at}: Input tag '${String(received)}' found using '${key}' does not match any of the ` +
          `expected tags: ${known}`,
      );
    }
    case "value":
      return anthropicRefusal(`${at}: Input should be ${alternatives(expected)}`);
    default: {
      const wanted = expected.filter((type) => type !== "null");
      const first = types[wanted[0] ?? ""] ?? "null";
      return anthropicRefusal(`${at}: Input should be ${first}`);
    }
  }
}
