/** A model that is off, or soon will be, is named on each reply, and once in the log. */
import { BAD_KEY, simulator } from "@polycall/testing";
import { expect, test, vi } from "vitest";
import { createClient, type Plugin, UnknownProviderError } from "../src/index.ts";

const messages = [{ role: "user" as const, content: "Hello" }];
const retiring = "gemini/gemini-2.5-flash";
const change = {
  param: "model",
  action: "deprecated",
  from: retiring,
  reason: "it is turned off on 2026-12-01; its provider names gemini-3.5-flash-lite in its place.",
};

async function onThe(day: string, plugins: Plugin[] = [], strict = true) {
  vi.setSystemTime(day);
  const sim = await simulator({ strict });
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const options = { providers: sim.providers, logger, defaults: { maxRetries: 0 }, plugins };
  const said = () => logger.warn.mock.calls.map(([text]) => text as string);
  return { ...createClient(options), said, sim, [Symbol.asyncDispose]: () => sim.close() };
}

test("whole and streamed, on the reply; once in the log", async () => {
  await using client = await onThe("2026-11-25");
  const whole = await client.completion({ model: retiring, messages });
  expect(whole.warnings).toEqual([change]);
  const stream = await client.completion({ model: retiring, messages, stream: true });
  expect(stream.warnings).toEqual([change]);
  expect((await stream.final()).warnings).toEqual([change]);
  expect(client.said()).toEqual([`polycall: ${retiring}: ${change.reason}`]);
});

test("it stands in the same place, whole and streamed, beside what the plan changed", async () => {
  await using client = await onThe("2026-11-25", [], false);
  const request = { model: retiring, messages, an_unknown_key: 1, logit_bias: { "1": 1 } };
  const whole = await client.completion(request as never);
  const streamed = await (await client.completion({ ...request, stream: true } as never)).final();
  const params = (reply: { warnings: { param: string }[] }) =>
    reply.warnings.map(({ param }) => param);
  expect(params(whole)).toEqual(["model", "an_unknown_key", "logit_bias"]);
  expect(params(streamed)).toEqual(params(whole));
});

test("nothing before sixty days, nor for a model without an end", async () => {
  await using client = await onThe("2026-10-01");
  expect((await client.completion({ model: retiring, messages })).warnings).toEqual([]);
  vi.setSystemTime("2030-01-01");
  const lasting = await client.completion({ model: "openai/chat/gpt-6-luna", messages });
  expect(lasting.warnings).toEqual([]);
  expect(client.said()).toEqual([]);
});

test("a call that fails says so too, and its error is the provider's", async () => {
  await using client = await onThe("2026-12-24");
  const failed = client.completion({ model: "openai/gpt-5", messages, apiKey: BAD_KEY });
  await expect(failed).rejects.toMatchObject({ status: 401 });
  expect(client.said()).toEqual([
    "polycall: openai/gpt-5: it was to be turned off on 2026-12-11; its provider names gpt-6.1-sol in its place.",
  ]);
});

test("a plugin that names another model is heard", async () => {
  const router: Plugin = (request, next) => next({ ...request, model: retiring });
  await using client = await onThe("2026-11-25", [router]);
  const reply = await client.completion({ model: "openai/gpt-6-luna", messages });
  expect(reply.warnings).toEqual([change]);
});

test("a fallback that answers is no substitute", async () => {
  await using client = await onThe("2026-01-01");
  client.sim.fault({ status: 500 });
  const fetched: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    const body = (await response.text()).replaceAll("simulator/", "");
    return new Response(body, {
      status: response.status,
      headers: { "content-type": "application/json" },
    });
  };
  const reply = await client.completion({
    model: "openai/chat/gpt-4o",
    fallbacks: ["openai/chat/gpt-4o-mini"],
    messages,
    fetch: fetched,
  });
  expect(reply.model).toBe("gpt-4o-mini");
  expect(reply.attempts.map(({ model }) => model)).toEqual(["gpt-4o", "gpt-4o-mini"]);
  expect(reply.warnings).toEqual([]);
});

test("a model string that is none is the call's own error", async () => {
  await using client = await onThe("2026-11-25");
  await expect(client.completion({ model: "gpt-5", messages })).rejects.toThrow(
    UnknownProviderError,
  );
});
