/** Keys, models, paths and bodies that end in an error. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { chat, type Post, poster, user } from "./ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
afterAll(() => sim.close());

describe("keys, models, paths, bodies", () => {
  const bodies: [string, string, object][] = [
    ["openai", "/chat/completions", chat],
    ["anthropic", "/v1/messages", { model: "m", max_tokens: 5, messages: [user] }],
    ["gemini", "/v1beta/models/m:generateContent", { contents: [{ parts: [{ text: "x" }] }] }],
    ["openrouter", "/chat/completions", chat],
  ];
  test.each(bodies)("%s refuses a missing key and the bad one", async (provider, path, body) => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${sim.providers[provider]!.baseURL}${path}`, {
        method: "POST",
        headers: { "anthropic-version": "2023-06-01", ...headers },
        body: JSON.stringify(body),
      });
    const bad = await ask({ authorization: "Bearer bad-key" });
    const told = await bad.text();
    expect([(await ask({})).status, bad.status]).toEqual(
      provider === "gemini" ? [403, 400] : [401, 401],
    );
    expect(told).not.toContain("bad-key");
    if (provider === "gemini") expect(told).toContain('"reason":"API_KEY_INVALID"');
  });

  test.each<[string, string, object, number, object]>([
    [
      "openai",
      "/chat/completions",
      { ...chat, model: "missing-model" },
      404,
      {
        error: {
          message: "The model `missing-model` does not exist or you do not have access to it.",
          type: "invalid_request_error",
          param: null,
          code: "model_not_found",
        },
      },
    ],
    [
      "openai",
      "/responses",
      { model: "missing-model", input: "x" },
      400,
      {
        error: {
          message: "The requested model 'missing-model' does not exist.",
          type: "invalid_request_error",
          param: "model",
          code: "model_not_found",
        },
      },
    ],
    [
      "anthropic",
      "/v1/messages",
      { model: "missing-model", max_tokens: 5, messages: [user] },
      404,
      {
        type: "error",
        error: { type: "not_found_error", message: "model: missing-model" },
        request_id: expect.any(String),
      },
    ],
    [
      "gemini",
      "/v1beta/models/missing-model:generateContent",
      { contents: [{ parts: [{ text: "x" }] }] },
      404,
      { error: { code: 404, status: "NOT_FOUND", message: expect.stringContaining("not found") } },
    ],
    [
      "ollama",
      "/api/chat",
      { model: "missing-model", messages: [] },
      404,
      { error: "model 'missing-model' not found" },
    ],
  ])("%s %s does not have the missing model", async (provider, path, body, status, told) => {
    expect(await post(provider, path, body)).toEqual({ status, body: told });
  });

  test("unknown paths and broken JSON are refused", async () => {
    expect((await post("openai", "/nothing", {})).status).toBe(404);
    expect((await fetch(`${sim.url}/nobody/x`)).status).toBe(404);
    const broken = await post("openai", "/chat/completions", "{");
    expect(broken.body.error.message).toMatch(/^We could not parse the JSON body/);
    const strange = await post("openai", "/chat/completions", "[1]");
    expect(strange.status).toBe(400);
  });

  test("strict can be turned off", async () => {
    await using lax = await simulator({ strict: false });
    const response = await fetch(`${lax.providers.openai!.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
      body: JSON.stringify({ ...chat, foo: 1 }),
    });
    expect(response.status).toBe(200);
  });
});
