/** Arguments that a model got wrong: what is mended, and what must not be. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import { agent } from "../src/index.ts";
import { type Said, spoken } from "./spoken.ts";

/** What a tool of these parameters is given for these arguments, and what the model is told. */
async function given(parameters: z.ZodType | object, text: string, more: Partial<Said> = {}) {
  const ran: unknown[] = [];
  const take = tool({
    name: "take",
    parameters: parameters as z.ZodType,
    execute: (args) => {
      ran.push(args);
      return "taken";
    },
  });
  const { model, client } = spoken([{ calls: [["take", text]], ...more }, "done"]);
  const run = await agent({ model, client, tools: [take] }).run("Go.");
  return { ran, told: String(run.steps[0]!.calls[0]!.content), run };
}

test("a reply that was cut is not mended: half a text is not what the model meant to write", async () => {
  const file = z.object({ path: z.string(), text: z.string() });
  const cut = await given(file, '{"path":"a.txt","text":"The first half of the', {
    finish: "length",
  });
  expect(cut.ran).toEqual([]);
  expect(cut.told).toMatch(/cut off/);
  const optional = await given(z.object({ all: z.boolean().default(true) }), "", {
    finish: "length",
  });
  expect(optional.ran).toEqual([]);
  // A call that was whole before the cut is run.
  const whole = await given(file, '{"path":"a.txt","text":"all"}', { finish: "length" });
  expect(whole.ran).toEqual([{ path: "a.txt", text: "all" }]);
});

test.each<[why: string, parameters: z.ZodType, text: string]>([
  ["a number too long to be one", z.object({ id: z.number() }), '{"id":"9007199254740993"}'],
  [
    "a number that is infinite, where null may stand",
    z.object({ n: z.number().nullable() }),
    '{"n":"1e999"}',
  ],
])("not coerced, since it would become something else: %s", async (_, parameters, text) => {
  const { ran, told } = await given(parameters, text);
  expect(ran).toEqual([]);
  expect(told).toMatch(/not valid/);
});

test.each<[why: string, json: object, text: string, expected: unknown]>([
  [
    "an id that may be a number stays one",
    { id: { type: ["string", "integer"] }, n: { type: "number" } },
    '{"id":5,"n":"3"}',
    { id: 5, n: 3 },
  ],
  [
    "an object that may stand alone is not put into a list",
    { one: { type: ["array", "object"] }, n: { type: "number" } },
    '{"one":{"a":1},"n":"3"}',
    { one: { a: 1 }, n: 3 },
  ],
  [
    "text that looks like a number stays text",
    { zip: { type: "string" }, n: { type: "number" } },
    '{"zip":"01234","n":"3"}',
    { zip: "01234", n: 3 },
  ],
])("only what is wrong is coerced: %s", async (_, properties, text, expected) => {
  const { ran } = await given(standard(properties), text);
  expect(ran).toEqual([expected]);
});

/** A schema of another library than zod, which says its types in lists. */
function standard(properties: object) {
  const json = { type: "object", properties, required: Object.keys(properties) };
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      jsonSchema: { input: () => json, output: () => json },
      validate: (value: unknown) =>
        typeof (value as { n?: unknown }).n === "number"
          ? { value }
          : { issues: [{ message: "expected a number", path: ["n"] }] },
    },
  };
}

test("a transform that throws is a result for the model, and the run goes on", async () => {
  const link = z.object({ url: z.string().transform((text) => new URL(text)) });
  const wrong = await given(link, '{"url":"no url"}');
  expect(wrong.ran).toEqual([]);
  expect(wrong.told).toMatch(/not valid.*Invalid URL/);
  expect(wrong.run.output).toBe("done");
  const right = await given(link, '{"url":"https://a.example/"}');
  expect(right.ran).toEqual([{ url: new URL("https://a.example/") }]);
});

test("keys named like what objects have of themselves are keys", async () => {
  const { ran } = await given(
    { type: "object", properties: {} },
    '{"__proto__":{"admin":true},"constructor":1}',
  );
  expect(Object.keys(ran[0] as object)).toEqual(["__proto__", "constructor"]);
  expect((ran[0] as { admin?: unknown }).admin).toBeUndefined();
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
});

test.each<[why: string, text: string]>([
  ["nested 100,000 deep", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["nested 100,000 deep, broken", `{"a":${"[".repeat(100_000)}`],
  ["5 MB, broken", `{"a":"${"x".repeat(5_000_000)}`],
  ["5 MB of quotes, broken", `{"a":${'"'.repeat(5_000_000)}`],
  ["1 MB of numbers, broken", `{"a":[${"1,".repeat(500_000)}`],
])("arguments %s: an answer within seconds, and the run goes on", async (_, text) => {
  const since = performance.now();
  const { run } = await given(z.object({ a: z.number() }), text);
  expect(run.output).toBe("done");
  expect(run.steps[0]!.calls[0]!.isError).toBe(true);
  expect(String(run.steps[0]!.calls[0]!.content).length).toBeLessThan(10_000);
  expect(performance.now() - since).toBeLessThan(5000);
});

test("a name that is none, and two calls of one id, are answered each", async () => {
  const echo = tool({
    name: "echo",
    parameters: z.object({ n: z.number() }),
    execute: ({ n }) => n,
  });
  const model = spoken([
    {
      content: "Both.",
      calls: [
        ["echo", '{"n":1}', "same"],
        ["echo", '{"n":2}', "same"],
        ["get weather!", "{}", "more"],
      ],
    },
    "done",
  ]);
  const run = await agent({ model: model.model, client: model.client, tools: [echo] }).run("Go.");
  expect(run.output).toBe("done");
  expect(run.steps[0]!.calls.map(({ content }) => content)).toEqual([
    "1",
    "2",
    'There is no tool "get weather!". The tools are: echo.',
  ]);
});
