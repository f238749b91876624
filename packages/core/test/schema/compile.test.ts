/** The keyword table, row by row and dialect by dialect, against schemas written by hand. */
import { describe, expect, test } from "vitest";
import { compileSchema, type Dialect } from "../../src/schema/compile.ts";
import type { JsonSchema } from "../../src/types/request.ts";

/** An object with one required property, as users write it. */
const holding = (x: unknown): JsonSchema => ({
  type: "object",
  properties: { x },
  required: ["x"],
});
const closed = (x: unknown) => ({
  type: "object",
  properties: { x },
  required: ["x"],
  additionalProperties: false,
});
const compiledX = (x: unknown, dialect: Dialect) => {
  const compiled = compileSchema(holding(x), dialect);
  const { properties } = compiled.schema as { properties: { x: unknown } };
  return { x: properties.x, strict: compiled.strict, moved: compiled.moved };
};

interface Row {
  says: string;
  user: unknown;
  openai: unknown;
  anthropic: unknown;
  gemini: unknown;
}
/** The expected property; "refused" where strict is false. */
const rows: Row[] = [
  {
    says: "a plain string",
    user: { type: "string", description: "A city", title: "City" },
    openai: { type: "string", description: "A city", title: "City" },
    anthropic: { type: "string", description: "A city", title: "City" },
    gemini: { type: "string", description: "A city", title: "City" },
  },
  {
    says: "number bounds",
    user: { type: "number", minimum: 1, maximum: 5, description: "Stars" },
    openai: { type: "number", minimum: 1, maximum: 5, description: "Stars" },
    anthropic: { type: "number", description: "Stars\n\n{minimum: 1, maximum: 5}" },
    gemini: { type: "number", minimum: 1, maximum: 5, description: "Stars" },
  },
  {
    says: "exclusive bounds and multipleOf of a whole number",
    user: { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 2 },
    openai: { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 2 },
    anthropic: {
      type: "integer",
      description: "{exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 2}",
    },
    gemini: { type: "integer", minimum: 1, maximum: 9, description: "{multipleOf: 2}" },
  },
  {
    says: "an exclusive bound of a real number",
    user: { type: "number", exclusiveMinimum: 0 },
    openai: { type: "number", exclusiveMinimum: 0 },
    anthropic: { type: "number", description: "{exclusiveMinimum: 0}" },
    gemini: { type: "number", minimum: 0, description: "{exclusiveMinimum: 0}" },
  },
  {
    says: "both bounds, the exclusive one tighter and written last",
    user: { type: "integer", minimum: -3, exclusiveMinimum: 0 },
    openai: { type: "integer", minimum: -3, exclusiveMinimum: 0 },
    anthropic: { type: "integer", description: "{minimum: -3, exclusiveMinimum: 0}" },
    gemini: { type: "integer", minimum: 1 },
  },
  {
    says: "zod's safe range of an integer, which says nothing",
    user: { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
    openai: { type: "integer" },
    anthropic: { type: "integer" },
    gemini: { type: "integer" },
  },
  {
    says: "string lengths",
    user: { type: "string", minLength: 2, maxLength: 9 },
    openai: { type: "string", minLength: 2, maxLength: 9 },
    anthropic: { type: "string", description: "{minLength: 2, maxLength: 9}" },
    gemini: { type: "string", description: "{minLength: 2, maxLength: 9}" },
  },
  {
    says: "a pattern",
    user: { type: "string", pattern: "^[A-Z]{3}$" },
    openai: { type: "string", pattern: "^[A-Z]{3}$" },
    anthropic: { type: "string", description: '{pattern: "^[A-Z]{3}$"}' },
    gemini: { type: "string", description: '{pattern: "^[A-Z]{3}$"}' },
  },
  {
    says: "a pattern with lookahead",
    user: { type: "string", pattern: "^(?!0)[0-9]+$" },
    openai: { type: "string", description: '{pattern: "^(?!0)[0-9]+$"}' },
    anthropic: { type: "string", description: '{pattern: "^(?!0)[0-9]+$"}' },
    gemini: { type: "string", description: '{pattern: "^(?!0)[0-9]+$"}' },
  },
  {
    says: "a format that all know",
    user: { type: "string", format: "date" },
    openai: { type: "string", format: "date" },
    anthropic: { type: "string", format: "date" },
    gemini: { type: "string", format: "date" },
  },
  {
    says: "the format uri",
    user: { type: "string", format: "uri" },
    openai: { type: "string", description: '{format: "uri"}' },
    anthropic: { type: "string", format: "uri" },
    gemini: { type: "string", format: "uri" },
  },
  {
    says: "a format that few know",
    user: { type: "string", format: "cidrv4" },
    openai: { type: "string", description: '{format: "cidrv4"}' },
    anthropic: { type: "string", description: '{format: "cidrv4"}' },
    gemini: { type: "string", format: "cidrv4" },
  },
  {
    says: "an enum",
    user: { type: "string", enum: ["a", "b"] },
    openai: { type: "string", enum: ["a", "b"] },
    anthropic: { enum: ["a", "b"] },
    gemini: { type: "string", enum: ["a", "b"] },
  },
  {
    says: "an enum of mixed values without a type",
    user: { enum: ["a", 1, null] },
    openai: { type: ["string", "number", "null"], enum: ["a", 1, null] },
    anthropic: { enum: ["a", 1, null] },
    gemini: { anyOf: [{ type: ["string", "number"], enum: ["a", 1] }, { type: "null" }] },
  },
  {
    says: "const",
    user: { const: "a" },
    openai: { type: "string", const: "a" },
    anthropic: { const: "a" },
    gemini: { type: "string", enum: ["a"] },
  },
  {
    says: "const true",
    user: { type: "boolean", const: true },
    openai: { type: "boolean", const: true },
    anthropic: { const: true },
    gemini: { type: "boolean", description: "{const: true}" },
  },
  {
    says: "const null",
    user: { const: null },
    openai: { type: "null", const: null },
    anthropic: { const: null },
    gemini: { type: "null" },
  },
  {
    says: "both booleans",
    user: { enum: [true, false] },
    openai: { type: "boolean", enum: [true, false] },
    anthropic: { enum: [true, false] },
    gemini: { type: "boolean" },
  },
  {
    says: "a type list",
    user: { type: ["string", "null"] },
    openai: { type: ["string", "null"] },
    anthropic: { type: ["string", "null"] },
    gemini: { type: ["string", "null"] },
  },
  {
    says: "a type list with object",
    user: {
      type: ["object", "null"],
      description: "Where",
      properties: { y: { type: "string" } },
      required: ["y"],
    },
    openai: {
      description: "Where",
      anyOf: [
        {
          type: "object",
          properties: { y: { type: "string" } },
          required: ["y"],
          additionalProperties: false,
        },
        { type: "null" },
      ],
    },
    anthropic: {
      description: "Where",
      anyOf: [
        {
          type: "object",
          properties: { y: { type: "string" } },
          required: ["y"],
          additionalProperties: false,
        },
        { type: "null" },
      ],
    },
    gemini: {
      description: "Where",
      anyOf: [
        { type: "object", properties: { y: { type: "string" } }, required: ["y"] },
        { type: "null" },
      ],
    },
  },
  {
    says: "OpenAPI's nullable",
    user: { type: "string", enum: ["a"], nullable: true },
    openai: { type: ["string", "null"], enum: ["a", null] },
    anthropic: { enum: ["a", null] },
    gemini: { anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }] },
  },
  {
    says: "draft 4's exclusiveMinimum",
    user: { type: "number", minimum: 0, exclusiveMinimum: true },
    openai: { type: "number", exclusiveMinimum: 0 },
    anthropic: { type: "number", description: "{exclusiveMinimum: 0}" },
    gemini: { type: "number", minimum: 0, description: "{exclusiveMinimum: 0}" },
  },
  {
    says: "anyOf",
    user: { anyOf: [{ type: "string" }, { type: "number" }], description: "Either" },
    openai: { anyOf: [{ type: "string" }, { type: "number" }], description: "Either" },
    anthropic: { anyOf: [{ type: "string" }, { type: "number" }], description: "Either" },
    gemini: { anyOf: [{ type: "string" }, { type: "number" }], description: "Either" },
  },
  {
    says: "oneOf",
    user: { oneOf: [{ type: "string" }, { type: "number" }] },
    openai: { anyOf: [{ type: "string" }, { type: "number" }] },
    anthropic: { anyOf: [{ type: "string" }, { type: "number" }] },
    gemini: { anyOf: [{ type: "string" }, { type: "number" }] },
  },
  {
    says: "anyOf beside constraints",
    user: { type: "string", anyOf: [{ minLength: 2 }, { const: "" }] },
    openai: {
      anyOf: [
        { type: "string", minLength: 2 },
        { type: "string", const: "" },
      ],
    },
    anthropic: { anyOf: [{ type: "string", description: "{minLength: 2}" }, { const: "" }] },
    gemini: {
      anyOf: [
        { type: "string", description: "{minLength: 2}" },
        { type: "string", enum: [""] },
      ],
    },
  },
  {
    says: "allOf that one schema can say",
    user: {
      description: "Both",
      allOf: [
        { type: "object", properties: { y: { type: "string" } }, required: ["y"] },
        { type: "object", properties: { z: { type: "number", minimum: 0 } }, required: ["z"] },
      ],
    },
    openai: {
      type: "object",
      description: "Both",
      properties: { y: { type: "string" }, z: { type: "number", minimum: 0 } },
      required: ["y", "z"],
      additionalProperties: false,
    },
    anthropic: {
      type: "object",
      description: "Both",
      properties: {
        y: { type: "string" },
        z: { type: "number", description: "{minimum: 0}" },
      },
      required: ["y", "z"],
      additionalProperties: false,
    },
    gemini: {
      type: "object",
      description: "Both",
      properties: { y: { type: "string" }, z: { type: "number", minimum: 0 } },
      required: ["y", "z"],
    },
  },
  {
    says: "allOf that one schema cannot say",
    user: {
      allOf: [
        { type: "string", pattern: "a" },
        { type: "string", pattern: "b" },
      ],
    },
    openai: "refused",
    anthropic: "refused",
    gemini: {
      description: '{allOf: [{"type":"string","pattern":"a"},{"type":"string","pattern":"b"}]}',
    },
  },
  {
    says: "a list",
    user: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
    openai: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
    anthropic: {
      type: "array",
      items: { type: "string" },
      minItems: 1,
      description: "{maxItems: 3}",
    },
    gemini: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
  },
  {
    says: "minItems above 1 and uniqueItems",
    user: { type: "array", items: { type: "string" }, minItems: 2, uniqueItems: true },
    openai: {
      type: "array",
      items: { type: "string" },
      minItems: 2,
      description: "{uniqueItems: true}",
    },
    anthropic: {
      type: "array",
      items: { type: "string" },
      description: "{minItems: 2, uniqueItems: true}",
    },
    gemini: {
      type: "array",
      items: { type: "string" },
      minItems: 2,
      description: "{uniqueItems: true}",
    },
  },
  {
    says: "a tuple",
    user: {
      type: "array",
      prefixItems: [{ type: "string" }, { type: "number" }],
      items: false,
      minItems: 2,
    },
    openai: {
      type: "array",
      items: { anyOf: [{ type: "string" }, { type: "number" }] },
      minItems: 2,
      maxItems: 2,
      description: '{prefixItems: [{"type":"string"},{"type":"number"}]}',
    },
    anthropic: {
      type: "array",
      items: { anyOf: [{ type: "string" }, { type: "number" }] },
      description: '{prefixItems: [{"type":"string"},{"type":"number"}], minItems: 2, maxItems: 2}',
    },
    gemini: {
      type: "array",
      prefixItems: [{ type: "string" }, { type: "number" }],
      minItems: 2,
      maxItems: 2,
    },
  },
  {
    says: "a draft-07 tuple with a rest",
    user: { type: "array", items: [{ type: "string" }], additionalItems: { type: "string" } },
    openai: {
      type: "array",
      items: { type: "string" },
      description: '{prefixItems: [{"type":"string"}]}',
    },
    anthropic: {
      type: "array",
      items: { type: "string" },
      description: '{prefixItems: [{"type":"string"}]}',
    },
    gemini: { type: "array", prefixItems: [{ type: "string" }], items: { type: "string" } },
  },
  {
    says: "a list that does not say of what",
    user: { type: "array" },
    openai: "refused",
    anthropic: { type: "array" },
    gemini: { type: "array" },
  },
  {
    says: "a record",
    user: {
      type: "object",
      propertyNames: { type: "string" },
      additionalProperties: { type: "number" },
    },
    openai: "refused",
    anthropic: "refused",
    gemini: { type: "object", additionalProperties: { type: "number" } },
  },
  {
    says: "a record of enumerated keys",
    user: {
      type: "object",
      propertyNames: { type: "string", enum: ["a", "b"] },
      additionalProperties: { type: "number" },
      required: ["a", "b"],
    },
    openai: {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
      additionalProperties: false,
    },
    anthropic: {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
      additionalProperties: false,
    },
    gemini: {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
      additionalProperties: false,
    },
  },
  {
    says: "an object open on purpose",
    user: { type: "object", properties: { y: { type: "string" } }, additionalProperties: {} },
    openai: "refused",
    anthropic: "refused",
    gemini: { type: "object", properties: { y: { type: "string" } }, additionalProperties: true },
  },
  {
    says: "an object that declares nothing",
    user: { type: "object" },
    openai: "refused",
    anthropic: "refused",
    gemini: { type: "object" },
  },
  {
    says: "an empty object",
    user: { type: "object", properties: {} },
    openai: { type: "object", properties: {}, required: [], additionalProperties: false },
    anthropic: { type: "object", properties: {}, additionalProperties: false },
    gemini: { type: "object", properties: {} },
  },
  {
    says: "patternProperties",
    user: { type: "object", patternProperties: { "^x": { type: "string" } } },
    openai: "refused",
    anthropic: "refused",
    gemini: { type: "object", description: '{patternProperties: {"^x":{"type":"string"}}}' },
  },
  {
    says: "a required property that is not declared",
    user: { type: "object", properties: { y: { type: "string" } }, required: ["z"] },
    openai: "refused",
    anthropic: "refused",
    gemini: { type: "object", properties: { y: { type: "string" } }, required: ["z"] },
  },
  {
    says: "property counts, not and dependentRequired",
    user: {
      type: "object",
      properties: { y: { type: "string" } },
      required: ["y"],
      minProperties: 1,
      maxProperties: 2,
      not: { required: ["q"] },
      dependentRequired: { y: ["y"] },
    },
    openai: {
      type: "object",
      properties: { y: { type: "string" } },
      required: ["y"],
      additionalProperties: false,
      description:
        '{minProperties: 1, maxProperties: 2, not: {"required":["q"]}, dependentRequired: {"y":["y"]}}',
    },
    anthropic: {
      type: "object",
      properties: { y: { type: "string" } },
      required: ["y"],
      additionalProperties: false,
      description:
        '{minProperties: 1, maxProperties: 2, not: {"required":["q"]}, dependentRequired: {"y":["y"]}}',
    },
    gemini: {
      type: "object",
      properties: { y: { type: "string" } },
      required: ["y"],
      description:
        '{minProperties: 1, maxProperties: 2, not: {"required":["q"]}, dependentRequired: {"y":["y"]}}',
    },
  },
  {
    says: "a condition that adds a property",
    user: {
      type: "object",
      properties: { y: { type: "string" } },
      required: ["y"],
      if: { properties: { y: { const: "a" } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, never awaited
      then: { properties: { z: { type: "string" } } },
    },
    openai: "refused",
    anthropic: "refused",
    gemini: {
      type: "object",
      properties: { y: { type: "string" } },
      required: ["y"],
      description:
        '{if: {"properties":{"y":{"const":"a"}}}, then: {"properties":{"z":{"type":"string"}}}}',
    },
  },
  {
    says: "any value",
    user: { description: "Anything" },
    openai: "refused",
    anthropic: "refused",
    gemini: { description: "Anything" },
  },
  {
    says: "default and examples",
    user: { type: "string", default: "a", examples: ["a", "b"] },
    openai: { type: "string", description: '{default: "a", examples: ["a","b"]}' },
    anthropic: { type: "string", description: '{default: "a", examples: ["a","b"]}' },
    gemini: { type: "string", description: '{default: "a", examples: ["a","b"]}' },
  },
  {
    says: "a keyword that nobody knows",
    user: { type: "string", "x-unit": "km" },
    openai: { type: "string", description: '{x-unit: "km"}' },
    anthropic: { type: "string", description: '{x-unit: "km"}' },
    gemini: { type: "string", description: '{x-unit: "km"}' },
  },
];

const dialects: [Dialect, "openai" | "anthropic" | "gemini"][] = [
  ["openai-strict", "openai"],
  ["anthropic", "anthropic"],
  ["gemini", "gemini"],
];
describe.each(dialects)("%s", (dialect, column) => {
  test.each(rows)("$says", (row) => {
    const { x, strict, moved } = compiledX(row.user, dialect);
    const expected = row[column];
    if (expected === "refused") {
      expect({ x, strict, moved }).toEqual({ x: row.user, strict: false, moved: [] });
    } else expect({ x, strict }).toEqual({ x: expected, strict: true });
  });

  test("reports each keyword that it moved, and where it stood", () => {
    const user = { type: "string", contentEncoding: "base64" };
    expect(compiledX(user, dialect).moved).toEqual([
      {
        path: "#/properties/x",
        keyword: "contentEncoding",
        value: "base64",
        why: expect.stringContaining("checked on the client"),
      },
    ]);
  });

  test("leaves out the long pattern that zod writes beside a format, and reports it", () => {
    const pattern = `^${"[0-9]".repeat(40)}$`;
    const { x, moved } = compiledX({ type: "string", format: "uuid", pattern }, dialect);
    const kept = dialect === "openai-strict";
    expect(x).toEqual({ type: "string", format: "uuid", ...(kept ? { pattern } : {}) });
    expect(moved.map((move) => move.keyword)).toEqual(kept ? [] : ["pattern"]);
  });

  test("reports oneOf whose branches can overlap", () => {
    const oneOf = [
      { type: "string", minLength: 1 },
      { type: "string", maxLength: 9 },
    ];
    expect(compiledX({ oneOf }, dialect).moved).toContainEqual({
      path: "#/properties/x",
      keyword: "oneOf",
      value: oneOf,
      why: expect.stringContaining("anyOf"),
    });
  });

  test("does not report a discriminated union", () => {
    const oneOf = ["a", "b"].map((kind) => ({
      type: "object",
      properties: { kind: { const: kind } },
      required: ["kind"],
    }));
    expect(compiledX({ oneOf }, dialect).moved.filter((move) => move.keyword === "oneOf")).toEqual(
      [],
    );
  });

  test("does not change what the user gave, and gives the same object again", () => {
    const user = holding({ oneOf: [{ type: "integer", minimum: 1 }, { $ref: "#/$defs/a" }] });
    const whole = { $schema: "s", ...user, $defs: { a: { type: ["array", "null"], items: true } } };
    const before = structuredClone(whole);
    const first = compileSchema(whole, dialect);
    expect(whole).toEqual(before);
    expect(compileSchema(whole, dialect)).toBe(first);
  });

  test("a property that can never be present is left out, and reported", () => {
    const user = { type: "object", properties: { x: { not: {} } }, additionalProperties: false };
    expect(compileSchema(user, dialect)).toMatchObject({
      strict: true,
      schema: { properties: {} },
      moved: [{ path: "#/properties/x", keyword: "not", value: {} }],
    });
  });
});

describe("optional properties", () => {
  const user = (properties: object, required: string[] = []): JsonSchema => ({
    type: "object",
    properties,
    required,
    $defs: { A: { type: "object", properties: {}, additionalProperties: false } },
  });
  const a = { type: "object", properties: {}, required: [], additionalProperties: false };
  test.each([
    ["a string", { type: "string" }, { type: ["string", "null"] }],
    ["one that takes null already", { type: ["string", "null"] }, { type: ["string", "null"] }],
    ["an enum", { enum: ["a"] }, { type: ["string", "null"], enum: ["a", null] }],
    ["a const", { const: 1 }, { anyOf: [{ type: "number", const: 1 }, { type: "null" }] }],
    [
      "a list",
      { type: "array", items: { type: "string" }, description: "Names" },
      {
        description: "Names",
        anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }],
      },
    ],
    [
      "a union",
      { anyOf: [{ type: "string" }, { type: "number" }] },
      { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
    ],
    ["a reference", { $ref: "#/$defs/A" }, { anyOf: [{ $ref: "#/$defs/A" }, { type: "null" }] }],
    [
      "a described reference",
      { $ref: "#/$defs/A", description: "An A" },
      { description: "An A", anyOf: [{ $ref: "#/$defs/A" }, { type: "null" }] },
    ],
  ])("openai-strict: %s is required, and may be null", (_says, x, expected) => {
    const { schema } = compileSchema(user({ x }), "openai-strict");
    expect(schema).toMatchObject({ properties: { x: expected }, required: ["x"] });
    if (JSON.stringify(x).includes("$ref")) expect(schema.$defs).toEqual({ A: a });
    else expect(schema).not.toHaveProperty("$defs");
  });

  test.each(["anthropic", "gemini"] as const)("%s: stay optional", (dialect) => {
    const { schema } = compileSchema(
      user({ x: { type: "string" }, y: { type: "string" } }, ["y"]),
      dialect,
    );
    expect(schema).toMatchObject({ properties: { x: { type: "string" } }, required: ["y"] });
  });
});

describe("references", () => {
  const tree = {
    type: "object",
    properties: {
      value: { type: "string" },
      children: { type: "array", items: { $ref: "#/definitions/tree" } },
    },
    required: ["value", "children"],
  };
  const forest = { ...holding({ $ref: "#/definitions/tree" }), definitions: { tree } };

  test("openai-strict keeps recursion, under $defs", () => {
    expect(compileSchema(forest, "openai-strict")).toMatchObject({
      strict: true,
      schema: {
        ...closed({ $ref: "#/$defs/tree" }),
        $defs: {
          tree: {
            ...tree,
            additionalProperties: false,
            properties: {
              value: { type: "string" },
              children: { type: "array", items: { $ref: "#/$defs/tree" } },
            },
          },
        },
      },
    });
  });

  test("anthropic refuses recursion, naming the place, and gets the schema as it was", () => {
    const { strict, reasons, schema } = compileSchema(forest, "anthropic");
    expect({ strict, reasons }).toEqual({
      strict: false,
      reasons: ["#/definitions/tree/properties/children/items: a schema that contains itself"],
    });
    expect(schema).toEqual(forest);
  });

  test("gemini takes recursion in optional properties only", () => {
    const { schema, moved } = compileSchema(forest, "gemini");
    expect(schema).toMatchObject({
      required: ["x"],
      $defs: { tree: { required: ["value"], description: '{required: ["children"]}' } },
    });
    expect(moved).toEqual([
      {
        path: "#/definitions/tree",
        keyword: "required",
        value: ["children"],
        why: expect.any(String),
      },
    ]);
  });

  test("gemini refuses recursion outside of properties", () => {
    const nest = { ...holding({ $ref: "#/$defs/n" }), $defs: { n: {} as object } };
    nest.$defs.n = { type: "array", items: { $ref: "#/$defs/n" } };
    expect(compileSchema(nest, "gemini").strict).toBe(false);
  });

  test.each(["openai-strict", "anthropic", "gemini"] as const)(
    "%s: definitions, anchors and pointers get a name in $defs; unused ones go",
    (dialect) => {
      const { schema } = compileSchema(
        {
          type: "object",
          properties: {
            a: { type: "string", enum: ["u"] },
            b: { $ref: "#/properties/a" },
            c: { $ref: "#here" },
            d: { $ref: "#/$defs/odd~1name%20x" },
          },
          required: ["a", "b", "c", "d"],
          $defs: {
            q: { $anchor: "here", type: "null" },
            "odd/name x": { type: "number" },
            unused: { type: "array" },
          },
        },
        dialect,
      );
      expect(schema).toMatchObject({
        properties: {
          b: { $ref: "#/$defs/properties_a" },
          c: { $ref: "#/$defs/q" },
          d: { $ref: "#/$defs/odd_1name_x" },
        },
      });
      expect(Object.keys(schema.$defs as object).sort()).toEqual([
        "odd_1name_x",
        "properties_a",
        "q",
      ]);
    },
  );

  test("a root that is a reference is unfolded", () => {
    const schema = { $ref: "#/$defs/A", $defs: { A: holding({ type: "string" }) } };
    expect(compileSchema(schema, "openai-strict")).toMatchObject({
      strict: true,
      schema: closed({ type: "string" }),
    });
  });

  test("allOf with a reference is merged", () => {
    const { schema } = compileSchema(
      {
        type: "object",
        allOf: [{ $ref: "#/$defs/A" }],
        properties: { y: { type: "string" } },
        required: ["y"],
        $defs: { A: holding({ type: "number" }) },
      },
      "openai-strict",
    );
    expect(schema).toEqual({
      type: "object",
      properties: { y: { type: "string" }, x: { type: "number" } },
      required: ["y", "x"],
      additionalProperties: false,
    });
  });

  test.each([
    ["leads out of the schema", "https://example.com/a.json", /points outside the schema/],
    ["leads nowhere", "#/$defs/missing", /points at nothing/],
    ["names no anchor", "#missing", /points at nothing/],
    ["is the property itself", "#/properties/x", /leads back to itself/],
  ])("a reference that %s is a typed error", (_says, $ref, message) => {
    expect(() => compileSchema(holding({ $ref }), "gemini")).toThrow(message);
    expect(() => compileSchema(holding({ $ref }), "gemini")).toThrow(
      expect.objectContaining({ name: "UnsupportedParamsError" }),
    );
  });
});

describe("the root", () => {
  const cat = {
    type: "object",
    properties: { kind: { const: "cat" }, lives: { type: "integer" } },
  };
  const dog = { type: "object", properties: { kind: { const: "dog" }, name: { type: "string" } } };
  const pet = {
    description: "A pet",
    oneOf: [
      { ...cat, required: ["kind", "lives"] },
      { ...dog, required: ["kind"] },
    ],
  };

  test("openai-strict refuses a union, a list and a string there", () => {
    for (const schema of [pet, { type: "array", items: { type: "string" } }, { type: "string" }]) {
      const { strict, reasons, schema: sent } = compileSchema(schema, "openai-strict");
      expect({ strict, reasons }).toEqual({
        strict: false,
        reasons: ["#: the root is not an object (or is a union)"],
      });
      expect(sent).toEqual(schema);
    }
  });

  test("anthropic takes a union there, for an output", () => {
    expect(compileSchema(pet, "anthropic").schema).toEqual({
      description: "A pet",
      anyOf: [
        {
          type: "object",
          properties: { kind: { const: "cat" }, lives: { type: "integer" } },
          required: ["kind", "lives"],
          additionalProperties: false,
        },
        {
          type: "object",
          properties: { kind: { const: "dog" }, name: { type: "string" } },
          required: ["kind"],
          additionalProperties: false,
        },
      ],
    });
  });

  test.each(["openai-strict", "anthropic", "gemini", "plain"] as const)(
    "%s: a tool's union becomes one object that takes what any branch takes",
    (dialect) => {
      const { schema, moved } = compileSchema(pet, dialect, "tool");
      expect(schema).toMatchObject({
        type: "object",
        description: expect.stringMatching(/^A pet\n\n\{anyOf: \[.*"cat".*"dog"/),
        properties: { kind: { enum: ["cat", "dog"] } },
      });
      expect(schema).not.toHaveProperty("anyOf");
      expect(Object.keys(schema.properties as object)).toEqual(["kind", "lives", "name"]);
      expect(schema.required).toEqual(
        dialect === "openai-strict" ? ["kind", "lives", "name"] : ["kind"],
      );
      expect(moved).toEqual([
        { path: "#", keyword: "anyOf", value: expect.any(Array), why: expect.any(String) },
      ]);
    },
  );

  test("a tool whose root is no object is a typed error", () => {
    expect(() => compileSchema({ type: "string" }, "plain", "tool")).toThrow(
      expect.objectContaining({
        name: "UnsupportedParamsError",
        message: expect.stringContaining("must be an object"),
      }),
    );
  });
});

test("plain sends the schema as it is, without $schema", () => {
  const user = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    oneOf: [{ type: "null" }],
  };
  expect(compileSchema(user, "plain")).toMatchObject({
    schema: { oneOf: [{ type: "null" }] },
    strict: false,
    reasons: [],
    moved: [],
  });
});

describe("limits", () => {
  const wide = (count: number, required: boolean): JsonSchema => {
    const names = Array.from({ length: count }, (_, index) => `p${index}`);
    return {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
      required: required ? names : [],
    };
  };
  const deep = (levels: number): JsonSchema =>
    levels === 1 ? wide(1, true) : holding(deep(levels - 1));
  test.each([
    ["openai-strict", "5000 properties", wide(5000, true), true],
    ["openai-strict", "5001 properties", wide(5001, true), false],
    ["openai-strict", "10 levels", deep(10), true],
    ["openai-strict", "11 levels", deep(11), false],
    ["anthropic", "24 optional properties", wide(24, false), true],
    ["anthropic", "25 optional properties", wide(25, false), false],
    ["anthropic", "100 required properties", wide(100, true), true],
  ] as const)("%s, %s", (dialect, _says, schema, strict) => {
    expect(compileSchema(schema, dialect).strict).toBe(strict);
  });
});

describe("input that is no schema", () => {
  const loop: Record<string, unknown> = { type: "object" };
  loop.properties = { self: loop };
  let deep: object = {};
  for (let i = 0; i < 100_000; i++) deep = { items: deep };
  let bomb: object = { type: "string" };
  for (let i = 0; i < 60; i++) bomb = { anyOf: [bomb, { allOf: [bomb] }] };
  test.each<[string, unknown, RegExp]>([
    ["an object that contains itself", loop, /contains itself.*\$ref/],
    ["100,000 levels", deep, /nested more than/],
    ["shared objects that unfold without end", bomb, /more than 100000/],
    ["a function", { default: () => 1 }, /#\/default: .* is not JSON/],
    ["NaN", holding({ minimum: Number.NaN }), /#\/properties\/x\/minimum: NaN is not JSON/],
    ["a Date", { const: new Date(0) }, /a Date instance is not JSON/],
    ["a string", "string", /not an object/],
    ["null", null, /not an object/],
    [
      "an unknown type",
      holding({ type: "float" }),
      /#\/properties\/x\/type: must be one of string/,
    ],
    ["properties that are a list", { properties: ["a"] }, /#\/properties: must be an object/],
    ["required that is a boolean", holding({ required: true }), /required: must be a list/],
    ["an empty anyOf", { anyOf: [] }, /anyOf: must be a list of at least one/],
    ["an empty enum", { enum: [] }, /enum: must be a list of at least one/],
  ])("%s is a typed error", (_says, schema, message) => {
    for (const dialect of ["openai-strict", "anthropic", "gemini", "plain"] as const) {
      let error: unknown;
      try {
        compileSchema(schema as JsonSchema, dialect);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ name: "UnsupportedParamsError" });
      expect((error as Error).message).toMatch(message);
    }
  });

  test("a property named __proto__ is a property like any other", () => {
    const user = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
    );
    const { schema } = compileSchema(user, "openai-strict");
    expect(Object.keys(schema.properties as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(schema.properties)).toBe(Object.prototype);
  });
});
