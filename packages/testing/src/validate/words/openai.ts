/** A type error as OpenAI words it. */
import type { Json } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Issue } from "../check.ts";

/** `messages[0].content`, as OpenAI writes where. */
export function openaiPath(path: (string | number)[]): string {
  return path.reduce<string>((said, step) => {
    if (typeof step === "number") return `${said}[${step}]`;
    return said ? `${said}.${step}` : step;
  }, "");
}

const articles: Record<string, string> = {
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  object: "an object",
  array: "an array",
  null: "null",
};

function described(value: Json): string {
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  return articles[typeof value] ?? typeof value;
}

function listed(values: string[], word: string): string {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")}${quoted.length > 2 ? "," : ""} ${word} ${quoted.at(-1)}`;
}

/** A 400 with OpenAI's code and parameter. */
export function openaiRefusal(message: string, param?: string, code?: string): Refusal {
  return { status: 400, message, ...(param && { param }), ...(code && { code }) };
}

/** The refusal of a type error. */
export function openaiWords({ kind, path, key = "", expected, received }: Issue): Refusal {
  const where = openaiPath(kind === "unknown" || kind === "missing" ? [...path, key] : path);
  switch (kind) {
    case "unknown":
      return openaiRefusal(`Unknown parameter: '${where}'.`, where, "unknown_parameter");
    case "missing": {
      const message = `Missing required parameter: '${where}'.`;
      return openaiRefusal(message, where, "missing_required_parameter");
    }
    case "type": {
      const types = expected
        .filter((type) => type !== "null")
        .map((type) => articles[type] ?? type);
      const wanted = types.length > 1 ? `one of ${types.join(" or ")}` : (types[0] ?? "null");
      const message = `Invalid type for '${where}': expected ${wanted}, but got ${described(received)} instead.`;
      return openaiRefusal(message, where, "invalid_type");
    }
    default: {
      const at = openaiPath(kind === "tag" ? [...path, key] : path);
      const only = expected.length === 1 ? "Value must be" : "Supported values are:";
      const message = `Invalid value: '${String(received)}'. ${only} ${listed(expected, "and")}.`;
      return openaiRefusal(message, at, "invalid_value");
    }
  }
}
