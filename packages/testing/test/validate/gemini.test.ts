/** What generateContent refuses, in Google's words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { type Post, poster } from "./ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
afterAll(() => sim.close());

describe("generateContent", () => {
  const path = "/v1beta/models/gemini-3.5-flash:generateContent";
  const hello = { role: "user", parts: [{ text: "Hello" }] };
  const called = { role: "model", parts: [{ functionCall: { name: "f", args: {} } }] };
  const answered = {
    role: "user",
    parts: [{ functionResponse: { name: "f", response: { output: 1 } } }],
  };
  test.each<[string, object, string]>([
    [
      "unknown field",
      { contents: [hello], foo: 1 },
      'Invalid JSON payload received. Unknown name "foo": Cannot find field.',
    ],
    [
      "unknown nested field",
      { contents: [{ ...hello, parts: [{ text: "x", foo: 1 }] }] },
      "Invalid JSON payload received. Unknown name \"foo\" at 'contents[0].parts[0]': Cannot find field.",
    ],
    [
      "a keyword outside its schema dialect",
      {
        contents: [hello],
        tools: [
          { functionDeclarations: [{ name: "f", parameters: { type: "OBJECT", $schema: "x" } }] },
        ],
      },
      "Unknown name \"$schema\" at 'tools[0].function_declarations[0].parameters'",
    ],
    ["no contents", {}, "* GenerateContentRequest.contents: contents is not specified\n"],
    [
      "an unknown role",
      { contents: [{ ...hello, role: "assistant" }] },
      "Please use a valid role: user, model.",
    ],
    [
      "an empty part",
      { contents: [{ role: "user", parts: [{}] }] },
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field",
    ],
    [
      "a wrong type",
      { contents: [hello], generationConfig: { temperature: "hot" } },
      "Invalid value at 'generation_config.temperature' (TYPE_DOUBLE), \"hot\"",
    ],
    [
      "a response without its call",
      { contents: [hello, answered] },
      "Please ensure that function response turn comes immediately after a function call turn.",
    ],
    [
      "fewer responses than calls",
      { contents: [hello, { ...called, parts: [...called.parts, ...called.parts] }, answered] },
      "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
    ],
    [
      "a bad function name",
      { contents: [hello], tools: [{ functionDeclarations: [{ name: "1 f" }] }] },
      "function_declarations[0].name: Invalid function name.",
    ],
  ])("%s", async (_name, body, message) => {
    const reply = await post("gemini", path, body);
    expect(reply).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: "INVALID_ARGUMENT" } },
    });
    expect(reply.body.error.message).toContain(message);
  });

  test("Gemini 3 wants its signatures back, in the running turn only", async () => {
    const signed = { ...called, parts: [{ ...called.parts[0], thoughtSignature: "c2ln" }] };
    const status = async (model: string, contents: object[]) =>
      (await post("gemini", `/v1beta/models/${model}:generateContent`, { contents })).status;
    expect(await status("gemini-3.5-flash", [hello, called, answered])).toBe(400);
    expect(await status("gemini-3.5-flash", [hello, signed, answered])).toBe(200);
    expect(await status("gemini-2.5-flash", [hello, called, answered])).toBe(200);
    expect(await status("gemini-3.5-flash", [hello, called, answered, hello])).toBe(200);
  });

  test("field names are read in snake_case too", async () => {
    const body = { contents: [hello], generation_config: { max_output_tokens: 3 } };
    const reply = await post("gemini", path, body);
    expect(reply.body.candidates[0].finishReason).toBe("MAX_TOKENS");
  });
});
