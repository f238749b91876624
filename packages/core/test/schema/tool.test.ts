/** tool(): an OpenAI tool that knows its function; and the arguments of its calls. */
import type OpenAI from "openai";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { type AnyTool, isTool, type ToolArgs, type ToolCallOf, tool } from "../../src/tool.ts";
import { parseToolArguments } from "../../src/tool-args.ts";
import type { FunctionTool } from "../../src/types/request.ts";

const getPrice = tool({
  name: "get_price",
  description: "Price of a ticket",
  parameters: z.object({
    city: z.string(),
    seats: z.string().transform(Number).optional(),
    class: z.enum(["first", "second"]).default("second"),
  }),
  execute: async ({ city, seats = 1 }, { toolCallId }) => `${toolCallId}: ${seats} to ${city}`,
});
const search = tool({
  name: "search",
  parameters: { type: "object", properties: { q: { type: "string" } }, required: ["q"] },
  strict: true,
  execute: (args, { signal }) => [args.q, signal?.aborted],
});
const plain = {
  type: "function",
  function: { name: "plain", parameters: { type: "object" } },
} as const satisfies FunctionTool;

describe("tool()", () => {
  test("is an OpenAI tool: that is all that JSON and spreading see", () => {
    const wire = {
      type: "function",
      function: {
        name: "search",
        parameters: { type: "object", properties: { q: { type: "string" } }, required: ["q"] },
        strict: true,
      },
    };
    expect(JSON.parse(JSON.stringify(search))).toEqual(wire);
    expect({ ...search }).toEqual(wire);
    expect(getPrice.function).toMatchObject({
      name: "get_price",
      description: "Price of a ticket",
      parameters: { type: "object", required: ["city"] },
    });
  });

  test("knows its function and its schema", async () => {
    expect(isTool(getPrice)).toBe(true);
    expect(isTool(plain)).toBe(false);
    expect(await getPrice.execute({ city: "Rome", class: "first" }, { toolCallId: "c1" })).toBe(
      "c1: 1 to Rome",
    );
    expect(search.schema).toBe(search.function.parameters);
  });

  test.each(["", "a b", "äb", "a.b", "x".repeat(65)])("refuses the name %j", (name) => {
    const make = () => tool({ name, parameters: { type: "object" }, execute: () => 1 });
    expect(make).toThrow(expect.objectContaining({ name: "InvalidRequestError" }));
  });

  test("takes a name of 64 letters", () => {
    const name = "x".repeat(64);
    expect(tool({ name, parameters: { type: "object" }, execute: () => 1 }).function.name).toBe(
      name,
    );
  });

  test.each<[string, unknown, RegExp]>([
    ["a date", z.object({ when: z.date() }), /Tool "t": .*\(at when\): Date/],
    ["a string", z.string(), /Tool "t": .*must be an object/],
    ["nothing", undefined, /Tool "t": parameters is no schema/],
    [
      "a broken reference",
      { type: "object", properties: { a: { $ref: "#/x" } } },
      /points at nothing/,
    ],
  ])("refuses parameters that are %s", (_says, parameters, message) => {
    const make = () =>
      tool({ name: "t", parameters: parameters as Record<string, unknown>, execute: () => 1 });
    expect(make).toThrow(
      expect.objectContaining({
        name: "UnsupportedParamsError",
        message: expect.stringMatching(message),
      }),
    );
  });

  test("refuses to be made without a function", () => {
    const make = () => tool({ name: "t", parameters: {}, execute: undefined as never });
    expect(make).toThrow(/Tool "t" has no execute function/);
  });

  test("types", () => {
    expectTypeOf(getPrice.function.name).toEqualTypeOf<"get_price">();
    expectTypeOf<ToolArgs<typeof getPrice>>().toEqualTypeOf<{
      city: string;
      seats?: number | undefined;
      class: "first" | "second";
    }>();
    expectTypeOf<ToolArgs<typeof search>>().toEqualTypeOf<{ [key: string]: unknown }>();
    expectTypeOf<ToolArgs<typeof plain>>().toEqualTypeOf<unknown>();
    expectTypeOf(getPrice.execute).returns.toEqualTypeOf<string | Promise<string>>();
    expectTypeOf(getPrice).toExtend<AnyTool>();
    expectTypeOf(getPrice).toExtend<OpenAI.ChatCompletionTool>();
    expectTypeOf(getPrice).toExtend<FunctionTool>();
    expectTypeOf(plain).not.toExtend<AnyTool>();

    const tools = [getPrice, search, plain] as const;
    type Call = ToolCallOf<typeof tools>;
    expectTypeOf<Extract<Call, { name: "get_price" }>["args"]>().toEqualTypeOf<
      ToolArgs<typeof getPrice>
    >();
    type Typed = ToolCallOf<readonly [typeof getPrice, typeof search]>;
    const city = (call: Typed) => (call.name === "get_price" ? call.args.city : call.args.q);
    expectTypeOf(city).returns.toEqualTypeOf<unknown>();
    const typed = (call: Typed) => call.name === "get_price" && call.args.city;
    expectTypeOf(typed).returns.toEqualTypeOf<string | false>();
    expectTypeOf<ToolCallOf<readonly [typeof plain]>>().toEqualTypeOf<{
      id: string;
      name: string;
      args: unknown;
    }>();

    // @ts-expect-error the arguments have no "town"
    tool({ name: "t", parameters: z.object({ city: z.string() }), execute: ({ town }) => town });
  });
});

describe("parseToolArguments", () => {
  test.each<[string, AnyTool | FunctionTool | undefined, string, unknown]>([
    [
      "validates and transforms",
      getPrice,
      '{"city":"Rome","seats":"2","class":"first"}',
      {
        city: "Rome",
        seats: 2,
        class: "first",
      },
    ],
    [
      "takes null for absent",
      getPrice,
      '{"city":"Rome","seats":null,"class":null}',
      {
        city: "Rome",
        class: "second",
      },
    ],
    ["passes on what a JSON Schema tool gets", search, '{"q":1}', { q: 1 }],
    ["passes on what a plain tool gets", plain, '{"q":null}', { q: null }],
    ["passes on what an unknown tool gets", undefined, '{"q":1}', { q: 1 }],
    ["reads nothing as no arguments", plain, " ", {}],
  ])("%s", async (_says, target, text, args) => {
    expect(await parseToolArguments(text, target)).toEqual({ args });
  });

  test.each<[string, AnyTool, string, object]>([
    [
      "a missing property",
      getPrice,
      "{}",
      {
        error: expect.stringMatching(/^city: /),
        path: "city",
        received: undefined,
      },
    ],
    [
      "two wrong properties",
      getPrice,
      '{"city":1,"class":"third"}',
      {
        error: expect.stringMatching(/^city: .*; class: /),
        path: "city",
        received: 1,
      },
    ],
    [
      "cut JSON",
      getPrice,
      '{"city":"Ro',
      {
        error: 'arguments are not JSON (it ends too early, at character 11: "{\\"city\\":\\"Ro")',
        path: "",
        received: '{"city":"Ro',
      },
    ],
    [
      "a list",
      getPrice,
      "[1]",
      {
        error: "arguments must be a JSON object",
        path: "",
        received: [1],
      },
    ],
  ])("says what is wrong: %s", async (_says, target, text, expected) => {
    expect(await parseToolArguments(text, target)).toEqual(expected);
  });
});
