/** What goes on the wire through the SDK: the plan's body, the right key, and nothing of the environment's. */
import { createClient, type Message } from "@polycall/core";
import { serveRecording } from "@polycall/testing";
import { beforeEach, expect, test, vi } from "vitest";
import { azure, host, hosts, openai } from "../src/index.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
const reply = {
  id: "c",
  model: "m",
  choices: [{ message: { role: "assistant", content: "Yo" }, finish_reason: "stop" }],
};
const interaction = {
  request: { method: "POST", url: "", headers: {}, body: null },
  response: {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(reply),
  },
};

const canary = "sk-canary";
beforeEach(() => {
  for (const name of ["API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"]) {
    vi.stubEnv(`OPENAI_${name}`, canary);
  }
  vi.stubEnv("OPENAI_BASE_URL", "https://canary.test/v1");
  vi.stubEnv("OPENAI_LOG", "debug");
  vi.stubEnv("OPENAI_API_VERSION", canary);
  vi.stubEnv("AZURE_OPENAI_API_KEY", canary);
  const lines = ["authorization", "api-key", "x-api-key", "user-agent", "x-canary"];
  vi.stubEnv("OPENAI_CUSTOM_HEADERS", lines.map((name) => `${name}: ${canary}`).join("\n"));
});

const adapters = { openai, azure, ...hosts };

async function sent(prefix: keyof typeof adapters, options: Record<string, string>, model = "m") {
  await using server = await serveRecording(interaction);
  const { completion } = createClient({
    adapters,
    providers: { [prefix]: { ...options, baseURL: server.url } },
    logLevel: "off",
  });
  const { text } = await completion({ model: `${prefix}/${model}`, messages });
  expect(text).toBe("Yo");
  expect(server.requests).toHaveLength(1);
  return server.requests[0]!;
}

test("a host gets its own key and no canary", async () => {
  const logged = vi.spyOn(console, "log");
  const request = await sent("groq", { apiKey: "gsk" });
  expect(request.headers.authorization).toBe("Bearer gsk");
  expect(JSON.stringify(request)).not.toContain(canary);
  expect(request.path).toBe("/chat/completions");
  expect(request.body).toEqual({ model: "m", messages });
  expect(logged).not.toHaveBeenCalled();
});

test("what the caller changes in its own objects between two calls is sent, and held to the rules, anew", async () => {
  await using server = await serveRecording(interaction);
  const providers = { openai: { apiKey: "k", baseURL: server.url } };
  const { completion } = createClient({ adapters, providers, logLevel: "off" });
  const call = { id: "a", type: "function" as const, function: { name: "f", arguments: "{}" } };
  const asked = { role: "user" as const, content: "One?" };
  const history: Message[] = [
    asked,
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "a", content: "1" },
  ];
  const city = { type: "string" };
  const tool = {
    type: "function" as const,
    function: { name: "f", parameters: { type: "object", properties: { city } } },
  };
  const input = { model: "openai/gpt-4.1", messages: history, tools: [tool] };
  const same = async () => {
    await completion(input);
    expect(server.requests.at(-1)!.body).toEqual({ ...input, model: "gpt-4.1" });
  };
  await same();
  asked.content = "Two?";
  call.function.arguments = '{"city":"Rome"}';
  city.type = "integer";
  tool.function.name = "g";
  await same();
  // The result's call is another one now: it is left out, and the call answered.
  call.id = "b";
  await completion(input);
  expect(server.requests.at(-1)!.body).toMatchObject({
    messages: [
      { content: "Two?" },
      { tool_calls: [{ id: "b" }] },
      { role: "tool", tool_call_id: "b", content: "No result was recorded for this call." },
    ],
  });
  Object.assign(history[0]!, { content: 7 });
  await expect(completion(input)).rejects.toMatchObject({ param: "messages[0].content" });
  Object.assign(history[0]!, { content: "Three?" });
  Object.assign(city, { type: () => "string" });
  await expect(completion(input)).rejects.toMatchObject({
    param: "tools[0].function.parameters.properties.city.type",
  });
  Object.assign(tool.function, { name: 3 });
  await expect(completion(input)).rejects.toMatchObject({ param: "tools[0].function.name" });
  expect(server.requests).toHaveLength(3);
});

test("a server that needs no key gets none", async () => {
  const { headers } = await sent("vllm", {});
  expect(headers.authorization).toBeUndefined();
  expect(JSON.stringify(headers)).not.toContain(canary);
});

test("OpenAI gets organisation and project from the environment, and no custom headers", async () => {
  const { headers } = await sent("openai", { apiKey: "sk-own" });
  expect(headers).toMatchObject({
    authorization: "Bearer sk-own",
    "openai-organization": canary,
    "openai-project": canary,
  });
  expect(headers["x-canary"]).toBeUndefined();
  expect(headers["user-agent"]).not.toContain(canary);
});

test.each([
  ["a".repeat(32), { "api-key": "a".repeat(32) }, "authorization"],
  ["eyJh.b.c", { authorization: "Bearer eyJh.b.c" }, "api-key"],
])("Azure is told %s in the right header", async (apiKey, expected, absent) => {
  const { headers, path } = await sent("azure", { apiKey, apiVersion: "2024-10-21" }, "my dep");
  expect(headers).toMatchObject(expected);
  expect(headers[absent]).toBeUndefined();
  expect(path).toBe("/openai/deployments/my%20dep/chat/completions?api-version=2024-10-21");
});

test("a malformed OPENAI_CUSTOM_HEADERS is named, never quoted", async () => {
  vi.stubEnv("OPENAI_CUSTOM_HEADERS", `bad name: ${canary}`);
  const call = sent("groq", { apiKey: "gsk-other" });
  await expect(call).rejects.toThrow(/OPENAI_CUSTOM_HEADERS/);
  await expect(call).rejects.not.toThrow(canary);
});

test("a row is enough for a new host", async () => {
  await using server = await serveRecording(interaction);
  const client = createClient({ providers: {}, logLevel: "off" });
  client.registerProvider(
    "acme",
    host({ name: "acme", label: "Acme", baseURL: server.url, keyOptional: true }),
  );
  const { text } = await client.completion({ model: "acme/vendor/model:x", messages });
  expect(text).toBe("Yo");
  expect(server.requests[0]!.body).toMatchObject({ model: "vendor/model:x" });
});

test("NAME_BASE_URL moves a host", async () => {
  await using server = await serveRecording(interaction);
  vi.stubEnv("GROQ_BASE_URL", server.url);
  const { completion } = createClient({
    adapters,
    providers: { groq: { apiKey: "gsk" } },
    logLevel: "off",
  });
  expect((await completion({ model: "groq/m", messages })).text).toBe("Yo");
  expect(openai.info.baseURLEnv).toEqual(["OPENAI_BASE_URL"]);
});
