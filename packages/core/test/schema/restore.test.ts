/** dropAddedNulls: which nulls go, which stay. */
import { describe, expect, test } from "vitest";
import { dropAddedNulls } from "../../src/schema/restore.ts";
import type { JsonSchema } from "../../src/types/request.ts";

const optional = (properties: object, more: object = {}): JsonSchema => ({
  type: "object",
  properties,
  ...more,
});
const text = { type: "string" };

describe("dropAddedNulls", () => {
  test.each<[string, JsonSchema, unknown, unknown]>([
    ["goes where the property is optional", optional({ a: text }), { a: null }, {}],
    ["goes where a default waits", optional({ a: { ...text, default: "x" } }), { a: null }, {}],
    [
      "stays where the property is required",
      optional({ a: text }, { required: ["a"] }),
      { a: null },
      { a: null },
    ],
    [
      "stays where null is a value",
      optional({ a: { type: ["string", "null"] }, b: { anyOf: [text, { type: "null" }] }, c: {} }),
      { a: null, b: null, c: null },
      { a: null, b: null, c: null },
    ],
    ["stays where the key is not declared", optional({ a: text }), { z: null }, { z: null }],
    ["stays in a record", { type: "object", additionalProperties: text }, { a: null }, { a: null }],
    [
      "goes inside lists, tuples, records and references",
      optional(
        {
          list: { type: "array", items: { $ref: "#/$defs/A" } },
          tuple: { type: "array", prefixItems: [text, { $ref: "#/$defs/A" }] },
          record: { type: "object", additionalProperties: { $ref: "#/$defs/A" } },
        },
        { $defs: { A: optional({ a: text, next: { $ref: "#/$defs/A" } }) } },
      ),
      {
        list: [{ a: null, next: { a: "x", next: null } }],
        tuple: ["t", { a: null }],
        record: { k: { a: null } },
      },
      { list: [{ next: { a: "x" } }], tuple: ["t", {}], record: { k: {} } },
    ],
    [
      "stays where a later branch takes it as it is",
      { anyOf: [optional({ a: text }), optional({ a: { type: "null" } }, { required: ["a"] })] },
      { a: null },
      { a: null },
    ],
    [
      "goes by the branch that fits",
      {
        anyOf: [
          optional({ kind: { const: "a" }, n: { type: "number" } }, { required: ["kind"] }),
          optional(
            { kind: { const: "b" }, n: { type: ["number", "null"] } },
            { required: ["kind"] },
          ),
        ],
      },
      [
        { kind: "a", n: null },
        { kind: "b", n: null },
      ],
      [{ kind: "a" }, { kind: "b", n: null }],
    ],
    [
      "goes through allOf",
      { allOf: [optional({ a: text }), optional({ b: text }, { required: ["b"] })] },
      { a: null, b: "x" },
      { b: "x" },
    ],
    [
      "goes by the branch that fits, behind a reference and beside a constraint",
      {
        $ref: "#/$defs/U",
        required: ["kind"],
        $defs: {
          U: {
            oneOf: [
              { $ref: "#/$defs/A" },
              { allOf: [optional({ kind: { const: "b" }, n: { type: ["number", "null"] } })] },
            ],
          },
          A: optional({ kind: { const: "a" }, n: { type: "number" } }),
        },
      },
      { kind: "a", n: null },
      { kind: "a" },
    ],
    [
      "stays in the second branch behind a reference",
      {
        allOf: [{ $ref: "#/definitions/U" }],
        definitions: {
          U: {
            anyOf: [
              optional({ kind: { enum: ["a"] }, n: { type: "number" } }),
              optional({ kind: { enum: ["b"] }, n: { oneOf: [{ type: "null" }, text] } }),
            ],
          },
        },
      },
      { kind: "b", n: null },
      { kind: "b", n: null },
    ],
    [
      "goes at a record's enumerated key",
      {
        type: "object",
        propertyNames: { enum: ["a", "b"] },
        additionalProperties: text,
        required: ["b"],
      },
      { a: null, b: "x" },
      { b: "x" },
    ],
    [
      "goes inside a tuple of draft 7, and its rest",
      {
        type: "array",
        items: [text, optional({ a: text })],
        additionalItems: optional({ b: text }),
      },
      ["t", { a: null, b: null }, { a: null, b: null }],
      ["t", { b: null }, { a: null }],
    ],
    [
      "stays where OpenAPI says nullable",
      optional({ a: { ...text, nullable: true }, b: { ...text, nullable: false } }),
      { a: null, b: null },
      { a: null },
    ],
    [
      "goes behind an anchor and a reference that leads back",
      optional(
        { a: { $ref: "#text" }, b: { $ref: "#/$defs/loop" } },
        {
          $defs: { t: { $anchor: "text", ...text }, loop: { $ref: "#/$defs/loop" } },
        },
      ),
      { a: null, b: null },
      {},
    ],
    [
      "stays behind a reference out of the schema only where it is required",
      optional({ a: { $ref: "https://example.com/a" } }, { required: ["a"] }),
      { a: null },
      { a: null },
    ],
    ["stays in a value that fits nothing", { anyOf: [text] }, { a: null }, { a: null }],
    ["is the value itself", text, null, null],
  ])("a null %s", (_says, schema, value, expected) => {
    const both = schema.anyOf && Array.isArray(value) ? { type: "array", items: schema } : schema;
    const before = structuredClone(value);
    expect(dropAddedNulls(value, both)).toEqual(expected);
    expect(value).toEqual(before);
  });

  test("a value nested 100,000 deep does not overflow", () => {
    let value: unknown = null;
    for (let i = 0; i < 100_000; i++) value = { next: value };
    const schema = { $ref: "#/$defs/n", $defs: { n: optional({ next: { $ref: "#/$defs/n" } }) } };
    expect(dropAddedNulls(value, schema)).toHaveProperty("next.next.next");
  });

  test("a union that fits in 2^60 ways, and in none, comes to an end", () => {
    const branch = { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] };
    const schema = { anyOf: [branch, { ...branch, minProperties: 1 }, { type: "string" }] };
    let value: unknown = 1;
    for (let i = 0; i < 60; i++) value = { next: value };
    expect(dropAddedNulls(value, schema)).toEqual(value);
  });
});

describe("a tree of unions is gone through once", () => {
  const kinds = ["row", "column", "card", "list"];
  const tree = (more: (kind: string) => object): JsonSchema => ({
    $ref: "#/$defs/Node",
    $defs: {
      Node: {
        anyOf: kinds.map((kind) => ({
          type: "object",
          properties: { label: text, child: { $ref: "#/$defs/Node" }, ...more(kind) },
        })),
      },
    },
  });
  const nested = (depth: number, more: object): object =>
    depth === 0 ? more : { ...more, child: nested(depth - 1, more) };

  test.each([
    ["told apart by a tag", tree((kind) => ({ kind: { const: kind } })), { kind: "list" }],
    ["that nothing tells apart", tree(() => ({})), {}],
  ])("%s", (_, schema, node) => {
    const value = nested(40, { ...node, label: null });
    const started = performance.now();
    expect(dropAddedNulls(value, schema)).toEqual(nested(40, node));
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
