/** The SDKs' own schema helpers, where they and we should say the same. */
import { transformJSONSchema } from "@anthropic-ai/sdk/lib/transform-json-schema";
import { toStrictJsonSchema } from "openai/lib/transform";
import { expect, test } from "vitest";
import * as z from "zod";
import { compileSchema } from "../../src/schema/compile.ts";
import { toJsonSchema } from "../../src/schema/standard.ts";

const address = z
  .object({ street: z.string(), zip: z.string().nullable() })
  .meta({ id: "Address" });
const shared: [string, z.ZodType][] = [
  ["scalars", z.object({ a: z.string(), b: z.number(), c: z.boolean(), d: z.null() })],
  ["described", z.object({ a: z.string().describe("An a") }).describe("Holds an a")],
  ["nested lists", z.object({ a: z.array(z.object({ b: z.array(z.string()) })) })],
  ["enum and literal", z.object({ a: z.enum(["x", "y"]), b: z.literal("z") })],
  ["union", z.object({ a: z.union([z.string(), z.object({ b: z.number() })]) })],
  ["definitions", z.object({ home: address, work: address })],
  ["dates", z.object({ at: z.string().meta({ format: "date-time" }) })],
];

test.each(shared)("openai's toStrictJsonSchema: %s", (_says, schema) => {
  const json = toJsonSchema(schema);
  const { $schema: _, ...expected } = toStrictJsonSchema(json as never) as Record<string, unknown>;
  expect(compileSchema(json, "openai-strict").schema).toEqual(expected);
});

const bounded: [string, z.ZodType][] = [
  ["bounds", z.object({ a: z.number().min(1).max(5), b: z.string().min(1).max(9) })],
  ["list bounds", z.object({ a: z.array(z.string()).min(1), b: z.array(z.string()).max(3) })],
  ["optional and default", z.object({ a: z.string().optional(), b: z.string().default("x") })],
  ["pattern", z.object({ a: z.string().regex(/^a/) })],
  ["a format of its own", z.object({ a: z.url(), b: z.string().meta({ format: "color" }) })],
];
test.each([...shared, ...bounded])("anthropic's transformJSONSchema: %s", (_says, schema) => {
  const json = toJsonSchema(schema);
  expect(compileSchema(json, "anthropic").schema).toEqual(transformJSONSchema(json as never));
});

test("openai's helper refuses an optional property; ours says it with null", () => {
  const json = toJsonSchema(z.object({ a: z.string().optional() }));
  expect(() => toStrictJsonSchema(json as never)).toThrow(/optional/);
  expect(compileSchema(json, "openai-strict")).toMatchObject({
    strict: true,
    schema: { properties: { a: { type: ["string", "null"] } }, required: ["a"] },
  });
});
