import { describe, expect, test } from "vitest";
import * as z from "zod";
import { tool } from "../src/index.ts";
import {
  chunk,
  completionOf,
  failing,
  json,
  messages,
  reply,
  stream,
  wire,
} from "./support/wire.ts";

const model = "alpha/m";
const joke = z.object({ setup: z.string(), punchline: z.string() });
const good = '{"setup": "Why?", "punchline": "Because."}';

describe("structured output", () => {
  test("a schema goes out as JSON Schema and the reply comes back parsed", async () => {
    const { client, requests } = await wire([reply(good)]);
    const { parsed } = await client().completion({ model, messages, response_format: joke });
    expect(parsed).toEqual({ setup: "Why?", punchline: "Because." });
    expect(requests[0]!.body.response_format).toMatchObject({
      type: "json_schema",
      json_schema: {
        name: "response",
        strict: true,
        schema: { type: "object", required: ["setup", "punchline"] },
      },
    });
  });

  test("what does not fit is asked for once more, with the reason", async () => {
    const { client, requests } = await wire([reply('{"setup": 3}'), reply(good)]);
    const { parsed, warnings } = await client().completion({
      model,
      messages,
      response_format: joke,
    });
    expect(parsed?.punchline).toBe("Because.");
    const sent = requests[1]!.body.messages as { role: string; content: string }[];
    expect(sent.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(sent[1]!.content).toBe('{"setup": 3}');
    expect(sent[2]!.content).toMatch(/setup.*punchline/s);
    expect(warnings.map(({ param, action }) => [param, action])).toEqual([
      ["response_format", "repaired"],
    ]);
  });

  test("a retry of the second question asks the second question", async () => {
    const busy = failing(503, "no", { "retry-after-ms": "1" });
    const { client, requests } = await wire([reply("no"), busy, reply(good)]);
    const { parsed } = await client().completion({ model, messages, response_format: joke });
    expect(parsed?.setup).toBe("Why?");
    expect(requests.map(({ body }) => (body.messages as []).length)).toEqual([1, 3, 3]);
  });

  test("once only, though a retry comes between", async () => {
    const busy = failing(429, "no", { "retry-after-ms": "1" });
    const { client, requests } = await wire([reply("no"), busy, reply("still no"), reply(good)]);
    const call = client().completion({ model, messages, response_format: joke });
    await expect(call).rejects.toMatchObject({ name: "SchemaValidationError", text: "still no" });
    expect(requests).toHaveLength(3);
  });

  test("once only: the second misfit is an error with the reply on it", async () => {
    const { client, requests } = await wire([reply("no"), reply("still no"), reply(good)]);
    const call = client().completion({ model, messages, response_format: joke });
    await expect(call).rejects.toMatchObject({
      name: "SchemaValidationError",
      attempts: [{ usage: { total_tokens: 5 } }, { usage: { total_tokens: 5 } }],
      text: "still no",
      reply: { id: "chatcmpl-1" },
    });
    expect(requests).toHaveLength(2);
  });

  test.each([
    [
      "cut",
      {
        finish_reason: "length",
        message: { role: "assistant", content: '{"setup"', refusal: null },
      },
      /raise max_tokens/,
    ],
    [
      "refused",
      { finish_reason: "stop", message: { role: "assistant", content: null, refusal: "I won't" } },
      /refused: I won't/,
    ],
    [
      "filtered",
      {
        finish_reason: "content_filter",
        message: { role: "assistant", content: "", refusal: null },
      },
      /filtered/,
    ],
  ])("%s: not asked again", async (_, choice, says) => {
    const { client, requests } = await wire([
      json(200, completionOf("", { choices: [{ index: 0, ...choice }] })),
    ]);
    const call = client().completion({ model, messages, response_format: joke });
    await expect(call).rejects.toMatchObject({
      name: "SchemaValidationError",
      message: expect.stringMatching(says),
    });
    expect(requests).toHaveLength(1);
  });

  test("fences and prose around the JSON do no harm; async schemas work", async () => {
    const fenced = `Here it is:\n\`\`\`json\n${good}\n\`\`\``;
    const { client } = await wire([reply(fenced)]);
    const checked = joke.refine(async ({ setup }) => setup !== "x");
    const { parsed } = await client().completion({ model, messages, response_format: checked });
    expect(parsed?.setup).toBe("Why?");
  });

  test("streamed: final() is parsed too", async () => {
    const { client } = await wire([
      stream([chunk(good.slice(0, 9)), chunk(good.slice(9), "stop"), "[DONE]"]),
    ]);
    const chunks = await client().completion({
      model,
      messages,
      response_format: joke,
      stream: true,
    });
    expect((await chunks.final()).parsed.punchline).toBe("Because.");
  });
});

describe("typed tool calls", () => {
  const weather = tool({
    name: "weather",
    description: "Weather in a city",
    parameters: z.object({ city: z.string(), days: z.number().int().default(1) }),
    execute: async ({ city }) => city,
  });
  const calling = (...args: string[]) =>
    json(
      200,
      completionOf("", {
        choices: [
          {
            index: 0,
            finish_reason: "tool_calls",
            message: {
              role: "assistant",
              content: null,
              refusal: null,
              tool_calls: args.map((text, i) => ({
                id: `call_${i}`,
                type: "function",
                function: { name: "weather", arguments: text },
              })),
            },
          },
        ],
      }),
    );

  test("arguments are checked, defaults filled in", async () => {
    const { client, requests } = await wire([calling('{"city": "London"}')]);
    const { toolCalls, invalidToolCalls } = await client().completion({
      model,
      messages,
      tools: [weather],
    });
    expect(toolCalls).toEqual([
      { id: "call_0", name: "weather", args: { city: "London", days: 1 } },
    ]);
    expect(invalidToolCalls).toEqual([]);
    expect(requests[0]!.body.tools).toMatchObject([
      { type: "function", function: { name: "weather", description: "Weather in a city" } },
    ]);
  });

  test("a call that does not fit stands apart, in words for the model, and nothing is lost", async () => {
    const { client } = await wire([calling('{"town": 1}', '{"city": "Rome"', '{"city": "Oslo"}')]);
    const reply = await client().completion({ model, messages, tools: [weather] });
    expect(reply.toolCalls.map(({ id }) => id)).toEqual(["call_2"]);
    expect(reply.invalidToolCalls.map(({ id, text }) => [id, text])).toEqual([
      ["call_0", '{"town": 1}'],
      ["call_1", '{"city": "Rome"'],
    ]);
    expect(reply.invalidToolCalls[0]!.message).toContain("city");
    expect(reply.choices[0]!.message.tool_calls).toHaveLength(3);
  });
});
