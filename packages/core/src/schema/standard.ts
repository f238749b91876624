/** Standard Schema and Standard JSON Schema (standardschema.dev, v1): what we read of them. */
import { UnsupportedParamsError } from "../errors.ts";
import type { JsonSchema } from "../types/request.ts";

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** A schema of zod 4, valibot, arktype or any other library that speaks Standard Schema v1. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Absent where the library (or its version) cannot write JSON Schema. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown>;
    };
  };
}

type Types<S> = S extends StandardSchema ? NonNullable<S["~standard"]["types"]> : never;
/** What the schema accepts. */
export type InferInput<S> = Types<S>["input"];
/** What the schema gives once it has validated. */
export type InferOutput<S> = Types<S>["output"];

/** Whether `value` is a Standard Schema v1 (an object, or a function as arktype's are). */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard = (value as { "~standard"?: { version?: unknown; validate?: unknown } })[
    "~standard"
  ];
  return (
    typeof standard === "object" &&
    standard?.version === 1 &&
    typeof standard.validate === "function"
  );
}

const converted = new WeakMap<object, JsonSchema>();

/**
 * The JSON Schema (draft 2020-12) of what a schema accepts. A plain JSON Schema is returned as it
 * is. The same schema object gives the same result object: later caches key on it.
 * @throws UnsupportedParamsError naming the path of the part that JSON cannot express
 */
export function toJsonSchema(schema: StandardSchema | JsonSchema): JsonSchema {
  if (!isStandardSchema(schema)) return schema;
  let json = converted.get(schema);
  if (!json) {
    json = convert(schema);
    converted.set(schema, json);
  }
  return json;
}

function convert(schema: StandardSchema): JsonSchema {
  const { vendor } = schema["~standard"];
  const json = attempt(schema);
  if (json instanceof Error) {
    const { path, cause } = culprit(schema, json);
    throw new UnsupportedParamsError(
      `This ${vendor} schema cannot be written as JSON Schema${path ? ` (at ${path})` : ""}: ` +
        `${cause.message}. ${advice(cause.message)}`,
      { param: path || "schema", cause },
    );
  }
  return json;
}

function attempt(schema: StandardSchema): JsonSchema | Error {
  const { vendor, jsonSchema } = schema["~standard"];
  if (!jsonSchema) return new Error(`${vendor} gives no ~standard.jsonSchema`);
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function advice(message: string): string {
  if (message.includes("~standard.jsonSchema"))
    return "Use zod 4.2 or newer, another library with Standard JSON Schema, or a plain JSON Schema object.";
  if (message.startsWith("Date"))
    return "JSON has no dates: use a string with a date format (in zod z.iso.datetime() or z.iso.date()), and transform it.";
  return "Use a type that JSON has (string, number, boolean, null, array, object), and transform it.";
}

/**
 * The innermost part of a schema that fails to convert. Libraries throw without a path, so we ask
 * each part we can see: the Standard Schemas held in `def` (zod) or in the schema itself.
 */
function culprit(
  schema: StandardSchema,
  cause: Error,
  path = "",
  seen = new Set<unknown>(),
): { path: string; cause: Error } {
  seen.add(schema);
  for (const [step, part] of parts(schema)) {
    if (seen.has(part)) continue;
    const error = attempt(part);
    if (error instanceof Error) return culprit(part, error, path + step, seen);
  }
  return { path: path.replace(/^\./, ""), cause };
}

function* parts(schema: StandardSchema): Generator<[step: string, part: StandardSchema]> {
  const { def } = schema as { def?: object };
  for (const [key, held] of Object.entries(def ?? schema)) {
    const step = key === "element" || key === "valueType" ? "[]" : "";
    if (isStandardSchema(held)) yield [step, held];
    else if (Array.isArray(held)) {
      for (const [index, part] of held.entries()) {
        if (isStandardSchema(part)) yield [key === "items" ? `[${index}]` : "", part];
      }
    } else if (
      typeof held === "object" &&
      held !== null &&
      (key === "shape" || key === "entries")
    ) {
      for (const [name, part] of Object.entries(held)) {
        if (isStandardSchema(part)) yield [`.${name}`, part];
      }
    }
  }
}
