import { describe, expect, test } from "vitest";
import type { Provider } from "../src/index.ts";
import { plain } from "./support/plain.ts";
import { failing, messages, reply, wire } from "./support/wire.ts";

const model = "alpha/m";

describe("fallback", () => {
  test("turns to the next model, and every try is told", async () => {
    const { client, requests } = await wire([failing(503), reply("from beta")]);
    const { completion } = client({ defaults: { maxRetries: 0 } });
    const { text, provider, attempts } = await completion({
      model,
      messages,
      fallbacks: ["beta/n"],
    });
    expect([text, provider]).toEqual(["from beta", "beta"]);
    expect(requests.map(({ path, body }) => [path, body.model])).toEqual([
      ["/alpha/chat/completions", "m"],
      ["/beta/chat/completions", "n"],
    ]);
    expect(attempts.map(({ provider, error }) => [provider, error?.name])).toEqual([
      ["alpha", "ServiceUnavailableError"],
      ["beta", undefined],
    ]);
  });

  test("a call's key and headers stay with its first model's provider", async () => {
    const { client, requests } = await wire([failing(401), reply("ok")]);
    await client().completion({
      model,
      messages,
      apiKey: "only-for-alpha",
      headers: { "X-Only": "alpha" },
      fallbacks: ["beta/n"],
    });
    expect(requests.map(({ headers }) => [headers.authorization, headers["x-only"]])).toEqual([
      ["Bearer only-for-alpha", "alpha"],
      ["Bearer key-beta", undefined],
    ]);
  });

  test("a fallback may bring its own key", async () => {
    const { client, requests } = await wire([failing(402), reply("ok")]);
    const fallbacks = [{ model: "beta/n", apiKey: "own" }];
    await client().completion({ model, messages, fallbacks });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer key-alpha",
      "Bearer own",
    ]);
  });

  test("the same model with another key", async () => {
    const { client, requests } = await wire([failing(429), reply("ok")]);
    const { completion } = client({ defaults: { maxRetries: 0 } });
    await completion({
      model,
      messages,
      apiKey: "first",
      fallbacks: [{ model, apiKey: "second" }],
    });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer first",
      "Bearer second",
    ]);
  });

  test("another model of the same provider has the call's key", async () => {
    const { client, requests } = await wire([failing(503), failing(503), reply("ok")]);
    const { completion } = client({ defaults: { maxRetries: 0 } });
    const fallbacks = ["alpha/n", { model: "alpha/o" }];
    await completion({ model, messages, apiKey: "mine", fallbacks });
    expect(requests.map(({ headers, body }) => [body.model, headers.authorization])).toEqual([
      ["m", "Bearer mine"],
      ["n", "Bearer mine"],
      ["o", "Bearer mine"],
    ]);
  });

  test("a list that ends with a model of before is gone through to its end", async () => {
    const { client, requests } = await wire([failing(503), failing(503), reply("at last")]);
    const { completion } = client({ defaults: { maxRetries: 0 } });
    const { text } = await completion({ model, messages, fallbacks: ["beta/n", model] });
    expect([text, requests.map(({ body }) => body.model)]).toEqual(["at last", ["m", "n", "m"]]);
  });

  test("a request that is wrong in itself goes nowhere else", async () => {
    const { client, requests } = await wire([failing(400, "bad")]);
    const call = client().completion({ model, messages, fallbacks: ["beta/n"] });
    await expect(call).rejects.toMatchObject({ name: "BadRequestError", provider: "alpha" });
    expect(requests).toHaveLength(1);
  });

  test("what one model cannot be given, the next may take", async () => {
    const { client, requests } = await wire([reply("from beta")]);
    const one = plain("beta");
    const many: Provider = { ...one, plan: (request, c) => one.plan({ ...request, n: 1 }, c) };
    const { completion } = client({ adapters: { beta: many } });
    const { provider } = await completion({ model, messages, n: 7, fallbacks: ["beta/n"] });
    expect([provider, requests.length]).toEqual(["beta", 1]);
  });

  test("a prompt too long for one model goes to the next", async () => {
    const { client } = await wire([failing(400, "prompt is too long: 9 tokens"), reply("fits")]);
    const { text } = await client().completion({ model, messages, fallbacks: ["beta/n"] });
    expect(text).toBe("fits");
  });

  test.each([
    ["betta/n", "UnknownProviderError"],
    [{ model: "n" }, "UnknownProviderError"],
    ["beta/", "InvalidRequestError"],
  ])("a misspelt one (%j) is found before anything is sent", async (target, name) => {
    const { client, requests } = await wire([failing(503)]);
    const call = client().completion({ model, messages, fallbacks: [target] });
    await expect(call).rejects.toMatchObject({ name, param: "model" });
    expect(requests).toEqual([]);
  });

  test("the last error stands when all have failed", async () => {
    const { client } = await wire([failing(503), failing(404, "no such model")]);
    const { completion } = client({ defaults: { maxRetries: 0, fallbacks: ["beta/n"] } });
    const error = await completion({ model, messages }).catch((e) => e);
    expect([error.name, error.provider, error.attempts.length]).toEqual([
      "NotFoundError",
      "beta",
      2,
    ]);
  });
});
