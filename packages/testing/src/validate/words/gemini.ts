/** A type error as Google words it. */
import type { Refusal } from "../../refusal.ts";
import type { Issue } from "../check.ts";

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `contents[0].parts[0]`, with the field names of the protocol buffer. */
export function geminiPath(path: (string | number)[]): string {
  return path.reduce<string>((said, step) => {
    if (typeof step === "number") return `${said}[${step}]`;
    return said ? `${said}.${snakeCase(step)}` : snakeCase(step);
  }, "");
}

const types: Record<string, string> = {
  string: "TYPE_STRING",
  number: "TYPE_DOUBLE",
  boolean: "TYPE_BOOL",
};

/** A 400 with Google's details naming the field. */
export function geminiRefusal(message: string, field = ""): Refusal {
  const violation = { ...(field && { field }), description: message };
  const badRequest = {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: [violation],
  };
  return { status: 400, message, details: [badRequest] };
}

/** The refusal of a type error. */
export function geminiWords({ kind, path, key, expected, received }: Issue): Refusal {
  const at = geminiPath(path);
  if (kind === "unknown") {
    const place = at ? ` at '${at}'` : "";
    const message = `Invalid JSON payload received. Unknown name "${key}"${place}: Cannot find field.`;
    return geminiRefusal(message, at);
  }
  if (kind === "missing") {
    const field = geminiPath([...path, key ?? ""]);
    const last = field.split(".").at(-1);
    return geminiRefusal(`* GenerateContentRequest.${field}: ${last} is not specified\n`);
  }
  if (kind === "value") {
    const field = path.findLast((step) => typeof step === "string") ?? "";
    const type = `type.googleapis.com/google.ai.generativelanguage.v1beta.${field}`;
    return geminiRefusal(`Invalid value at '${at}' (${type}), "${String(received)}"`, at);
  }
  const type = types[expected[0] ?? ""] ?? "TYPE_MESSAGE";
  const shown = JSON.stringify(received);
  return geminiRefusal(`Invalid value at '${at}' (${type}), ${shown.slice(0, 200)}`, at);
}
