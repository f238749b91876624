/** `shape()`: a JSON Schema as a Standard Schema, for the few small objects that techniques ask a model for. */
import type { JsonSchema, StandardSchema } from "@polycall/core";

/** What a reply may be made of. All keys of an object must be there, and no others are asked for. */
export type ShapeSchema =
  | { type: "string"; description?: string; enum?: readonly string[] }
  | { type: "number" | "integer"; description?: string; minimum?: number; maximum?: number }
  | { type: "boolean"; description?: string }
  | { type: "array"; description?: string; items: ShapeSchema }
  | { type: "object"; description?: string; properties: Readonly<Record<string, ShapeSchema>> };

type Issue = { message: string; path: readonly PropertyKey[] };

/** @typeParam T what the schema describes; it must say so by hand */
export function shape<T>(schema: ShapeSchema & { type: "object" }): StandardSchema<unknown, T> {
  const json = closed(schema);
  return {
    "~standard": {
      version: 1,
      vendor: "polycall",
      jsonSchema: { input: () => json },
      validate(value) {
        const issues = [...issuesOf(schema, value, [])];
        return issues.length ? { issues } : { value: value as T };
      },
    },
  };
}

/** With what strict formats want to read: every key required, none added. */
function closed(schema: ShapeSchema): JsonSchema {
  if (schema.type === "array") return { ...schema, items: closed(schema.items) };
  if (schema.type !== "object") return { ...schema };
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, one]) => [name, closed(one)]),
  );
  return { ...schema, properties, required: Object.keys(properties), additionalProperties: false };
}

function* issuesOf(schema: ShapeSchema, value: unknown, path: PropertyKey[]): Generator<Issue> {
  const wrong = (what: string) => ({ message: `must be ${what}`, path });
  switch (schema.type) {
    case "string":
      if (typeof value !== "string") yield wrong("a string");
      else if (schema.enum && !schema.enum.includes(value))
        yield wrong(`one of ${schema.enum.join(", ")}`);
      return;
    case "boolean":
      if (typeof value !== "boolean") yield wrong("true or false");
      return;
    case "array":
      if (!Array.isArray(value)) yield wrong("a list");
      else for (const [i, one] of value.entries()) yield* issuesOf(schema.items, one, [...path, i]);
      return;
    case "object":
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        yield wrong("an object");
        return;
      }
      for (const [name, one] of Object.entries(schema.properties)) {
        yield* issuesOf(one, (value as Record<string, unknown>)[name], [...path, name]);
      }
      return;
    default: {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      const fits = typeof value === "number" && value >= minimum && value <= maximum;
      if (!fits || (schema.type === "integer" && !Number.isInteger(value))) {
        yield wrong(`a${schema.type === "integer" ? " whole" : ""} number${rangeOf(schema)}`);
      }
    }
  }
}

function rangeOf({ minimum, maximum }: { minimum?: number; maximum?: number }): string {
  if (minimum === undefined) return maximum === undefined ? "" : ` up to ${maximum}`;
  return maximum === undefined ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
}
