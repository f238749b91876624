/** Standard Schemas: recognised, turned into JSON Schema, and validated with. */
import { expect, test } from "vitest";
import * as z from "zod";
import { isStandardSchema, type StandardSchema, toJsonSchema } from "../../src/schema/standard.ts";
import { issuesOf, validate } from "../../src/schema/validate.ts";

test.each<[string, unknown, boolean]>([
  ["zod", z.object({}), true],
  [
    "a function, as arktype's",
    Object.assign(() => 1, { "~standard": z.string()["~standard"] }),
    true,
  ],
  ["a JSON Schema", { type: "object" }, false],
  ["version 2", { "~standard": { version: 2, validate: () => ({ value: 1 }) } }, false],
  ["no validate", { "~standard": { version: 1 } }, false],
  ["null", null, false],
  ["a string", "~standard", false],
])("isStandardSchema: %s", (_says, value, expected) => {
  expect(isStandardSchema(value)).toBe(expected);
});

test("toJsonSchema gives what the schema accepts, the same object each time", () => {
  const schema = z.object({ n: z.string().transform(Number), d: z.string().default("x") });
  const json = toJsonSchema(schema);
  expect(json).toMatchObject({
    type: "object",
    properties: { n: { type: "string" }, d: { type: "string", default: "x" } },
    required: ["n"],
  });
  expect(toJsonSchema(schema)).toBe(json);
  const plain = { type: "object" };
  expect(toJsonSchema(plain)).toBe(plain);
});

test.each<[string, StandardSchema, RegExp]>([
  [
    "a nested date",
    z.object({ a: z.array(z.object({ b: z.date() })) }),
    /\(at a\[\]\.b\): Date .*z\.iso/,
  ],
  ["an optional map", z.object({ a: z.map(z.string(), z.string()).optional() }), /\(at a\): Map /],
  ["a union's branch", z.object({ a: z.union([z.string(), z.bigint()]) }), /\(at a\): BigInt /],
  ["a tuple's item", z.object({ a: z.tuple([z.string(), z.date()]) }), /\(at a\[1\]\): Date /],
  ["a record's value", z.object({ a: z.record(z.string(), z.date()) }), /\(at a\[\]\): Date /],
  ["the root", z.date(), /written as JSON Schema: Date /],
  [
    "a library without JSON Schema",
    { "~standard": { version: 1, vendor: "old", validate: (value: unknown) => ({ value }) } },
    /^This old schema .* plain JSON Schema object\.$/,
  ],
])("toJsonSchema names what JSON cannot express: %s", (_says, schema, message) => {
  expect(() => toJsonSchema(schema)).toThrow(
    expect.objectContaining({
      name: "UnsupportedParamsError",
      message: expect.stringMatching(message),
    }),
  );
});

test("validate gives the output, or issues with paths as JavaScript writes them", async () => {
  const schema = z.object({
    n: z.string().transform((text) => text.length),
    list: z.array(z.object({ "odd key": z.number() })).default([]),
  });
  const json = toJsonSchema(schema);
  const { result } = await validate(schema, { n: "four" }, json);
  expect(result).toEqual({ value: { n: 4, list: [] } });
  const unfit = await validate(schema, { n: "x", list: [{ "odd key": "1" }] }, json);
  expect(issuesOf(unfit.result.issues!)).toEqual([
    { path: 'list[0]["odd key"]', message: expect.stringContaining("number") },
  ]);
});

test("validate waits for an async schema, and the root's path is empty", async () => {
  const even = z.number().refine(async (n) => n % 2 === 0, "must be even");
  expect(await validate(even, 2, {})).toMatchObject({ result: { value: 2 } });
  const { result } = await validate(even, 3, {});
  expect(issuesOf(result.issues!)).toEqual([{ path: "", message: "must be even" }]);
});

test("validate reads a value without nulls where a union hides which of them say absent", async () => {
  const schema = z.union([
    z.object({ host: z.ipv4().nullable(), port: z.number().nullish() }),
    z.object({ host: z.string(), port: z.number().optional() }),
  ]);
  // By its structure it is the first; only the second takes this host, and no null.
  const json = toJsonSchema(schema);
  const { result, read } = await validate(schema, { host: "example", port: null }, json);
  expect(result).toEqual({ value: { host: "example" } });
  expect(read).toEqual({ host: "example" });
  const neither = await validate(schema, { host: 5, port: null }, json);
  expect(neither.result.issues).toHaveLength(1);
  expect(neither.read).toEqual({ host: 5, port: null });
});
