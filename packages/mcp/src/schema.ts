/** A server's JSON Schema as a schema that polycall validates with. */
import { type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";
import type { StandardSchema } from "@polycall/core";

type Json = { [key: string]: unknown };

const drafts: readonly [part: string, draft: SchemaDraft][] = [
  ["draft-04", "4"],
  ["draft-06", "7"],
  ["draft-07", "7"],
  ["2019-09", "2019-09"],
];

/**
 * Interprets the schema (it never becomes code). What the interpreter cannot read is left to the
 * server, which validates too.
 */
export function validated(schema: Json): StandardSchema<Json, Json> {
  const named = String(schema.$schema ?? "");
  const draft = drafts.find(([part]) => named.includes(part))?.[1] ?? "2020-12";
  let validator: Validator | undefined;
  return {
    "~standard": {
      version: 1,
      vendor: "mcp",
      validate(value) {
        try {
          validator ??= new Validator(schema as Schema, draft, false);
          const { valid, errors } = validator.validate(value);
          if (valid) return { value: value as Json };
          return { issues: leaves(errors).map(({ at, error }) => ({ message: error, path: at })) };
        } catch {
          return { value: value as Json };
        }
      },
      jsonSchema: { input: () => schema },
    },
  };
}

/** The innermost complaints: those of the keywords around them only say that something inside is wrong. */
function leaves(errors: readonly { keyword: string; instanceLocation: string; error: string }[]) {
  const around = new Set(["properties", "items", "prefixItems", "$ref", "additionalProperties"]);
  const inner = errors.filter(({ keyword }) => !around.has(keyword));
  return (inner.length ? inner : errors).map(({ instanceLocation, error }) => ({
    at: instanceLocation
      .split("/")
      .slice(1)
      .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"))
      .map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
    error,
  }));
}
