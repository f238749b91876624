/** The whole way: createClient, the SDK, the transport, a server on loopback. */
import { createClient, type PolycallError } from "@polycall/core";
import { type Interaction, serveRecording, simulator } from "@polycall/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { anthropic } from "../src/index.ts";
import { eventsOf, type Json, recorded } from "./helpers.ts";
import { got, wanted, wantedOfStream } from "./reader.ts";

const quiet = { logLevel: "off" as const, defaults: { maxRetries: 0 } };
const clientAt = (baseURL: string, more = {}) =>
  createClient({
    ...quiet,
    adapters: { anthropic },
    providers: { anthropic: { apiKey: "sk-ant-test-1234567890", baseURL, ...more } },
  });
const messages = [{ role: "user", content: "Hi" }] as const;

function interaction(status: number, type: string, body: string): Interaction {
  return {
    request: { method: "POST", url: "/v1/messages", headers: {}, body: null },
    response: { status, headers: { "content-type": type }, body },
  };
}

const all = recorded();
const replies = all.filter(({ status }) => status === 200);

describe.skipIf(!all.length)(`${all.length} recorded exchanges over loopback`, () => {
  test.each(replies)("$file #$index", async ({ body, streamed, index }) => {
    const type = streamed ? "text/event-stream; charset=utf-8" : "application/json";
    await using server = await serveRecording(interaction(200, type, body), {
      splitSeed: index + 1,
    });
    const { completion } = clientAt(server.url);
    const model = "anthropic/claude-sonnet-4-5";
    if (streamed) {
      const stream = await completion({ model, messages, stream: true });
      let text = "";
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      const want = wantedOfStream(eventsOf(body));
      expect(got((await stream.final()).toJSON())).toEqual(want);
      expect(text).toBe(want.text);
    } else {
      const raw = JSON.parse(body) as Json;
      const { id, model: served, content, stop_reason, usage } = raw;
      const reply = await completion({ model, messages });
      const want = wanted(id, served, content as Json[], stop_reason, usage as Json);
      expect(got(reply.toJSON())).toEqual(want);
      expect(reply.raw).toEqual(raw);
    }
  });

  test.each(all.filter(({ status }) => status !== 200))(
    "$file #$index",
    async ({ body, status }) => {
      await using server = await serveRecording(interaction(status, "application/json", body));
      const call = clientAt(server.url).completion({
        model: "anthropic/claude-opus-4-6",
        messages,
      });
      await expect(call).rejects.toMatchObject({
        name: "BadRequestError",
        status,
        provider: "anthropic",
      });
    },
  );
});

describe("what goes out", () => {
  const reply = interaction(
    200,
    "application/json",
    '{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}',
  );

  test("is exactly the plan, to the right path, with the key as the SDK sends it", async () => {
    await using server = await serveRecording(reply);
    const { completion, explain } = clientAt(`${server.url}/v1/`, { headers: { "X-Mine": "1" } });
    const request = {
      model: "anthropic/claude-opus-5",
      messages: [{ role: "user", content: "Hi", unknown_key: 1 }],
      unknown_top: { a: 1 },
      temperature: 0.5,
    } as never;
    const shown = await explain(request);
    await completion(request);
    const [sent] = server.requests;
    expect(sent!.body).toEqual(shown.body);
    expect(sent!.body).toMatchObject({ unknown_top: { a: 1 }, messages: [{ unknown_key: 1 }] });
    expect(`${server.url}${sent!.path}`).toBe(shown.url);
    expect(sent!.path).toBe("/v1/messages");
    expect(sent!.headers).toMatchObject({
      authorization: "Bearer sk-ant-test-1234567890",
      "anthropic-version": "2026-10-21",
      "x-mine": "1",
    });
    expect(Object.keys(sent!.headers).filter((name) => /stainless|traceparent/.test(name))).toEqual(
      [],
    );
  });

  test("betas of the user's headers and of the request", async () => {
    await using server = await serveRecording(reply);
    const { completion } = clientAt(server.url, { headers: { "Anthropic-Beta": "mine-1" } });
    await completion({ model: "anthropic/claude-opus-5", messages, service_tier: "fast" });
    expect(server.requests[0]!.headers["anthropic-beta"]).toBe("mine-1,fast-mode-2026-02-01");
  });

  test("takes nothing from the environment that the SDK would", async () => {
    await using server = await serveRecording(reply);
    vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "canary-token");
    vi.stubEnv("ANTHROPIC_API_KEY", "canary-key");
    vi.stubEnv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/canary");
    vi.stubEnv("ANTHROPIC_WEBHOOK_SIGNING_KEY", "canary-hook");
    vi.stubEnv("ANTHROPIC_PROFILE", "canary-profile");
    vi.stubEnv("ANTHROPIC_LOG", "debug");
    const names = ["X-Api-Key", "Authorization", "Anthropic-Beta", "Anthropic-Version", "X-Canary"];
    vi.stubEnv("ANTHROPIC_CUSTOM_HEADERS", names.map((name) => `${name}: canary`).join("\n"));
    const { completion } = clientAt(server.url);
    await completion({ model: "anthropic/claude-opus-5", messages });
    expect(JSON.stringify(server.requests[0]!.headers)).not.toContain("canary");
    expect(server.requests[0]!.headers.authorization).toBe("Bearer sk-ant-test-1234567890");
  });
});

describe("a reply that is none", () => {
  const stream = "text/event-stream";
  test.each([
    ["HTML", 200, "text/html", "<html>Hello</html>", "APIResponseValidationError"],
    [
      "JSON of something else",
      200,
      "application/json",
      '{"hello":1}',
      "APIResponseValidationError",
    ],
    [
      "an error in a 200",
      200,
      "application/json",
      '{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}',
      "OverloadedError",
    ],
    ["HTML with a 502", 502, "text/html", "<html>Bad gateway</html>", "ServiceUnavailableError"],
  ])("%s", async (_, status, type, body, name) => {
    await using server = await serveRecording(interaction(status, type, body));
    const call = clientAt(server.url).completion({ model: "anthropic/claude-opus-5", messages });
    await expect(call).rejects.toMatchObject({ name });
  });

  const start =
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n';
  const text =
    'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Half"}}\n\n';
  test.each([
    [
      "an error event",
      `${start}${text}event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy"}}\n\n`,
      "OverloadedError",
    ],
    ["an end in the middle", start + text, "APIConnectionError"],
  ])("%s, with what had come", async (_, body, name) => {
    await using server = await serveRecording(interaction(200, stream, body));
    const { completion } = clientAt(server.url);
    const reply = await completion({ model: "anthropic/claude-opus-5", messages, stream: true });
    const seen: string[] = [];
    const read = async () => {
      for await (const chunk of reply) seen.push(chunk.choices[0]?.delta.content ?? "");
    };
    const error = (await read().catch((caught: unknown) => caught)) as PolycallError;
    expect(error).toMatchObject({ name, provider: "anthropic" });
    expect(seen.join("")).toBe("Half");
    expect(JSON.stringify(error.partial)).toContain("Half");
  });
});

describe("with the simulator", () => {
  let server: Awaited<ReturnType<typeof simulator>>;
  beforeAll(async () => {
    server = await simulator();
  });
  afterAll(() => server.close());
  const client = () =>
    createClient({
      ...quiet,
      adapters: { anthropic },
      providers: { anthropic: server.providers.anthropic },
    });

  test.each(["claude-haiku-5-5", "claude-sonnet-4-5", "claude-3-7-sonnet-latest"])(
    "%s: a typed object, streamed or not",
    async (name) => {
      const model = `anthropic/${name}`;
      const response_format = z.object({ setup: z.string(), punchline: z.string() });
      const request = {
        model,
        messages: [{ role: "user", content: "Tell a joke." }],
        response_format,
      } as const;
      const { completion } = client();
      const reply = await completion(request);
      expect(Object.keys(reply.parsed).sort()).toEqual(["punchline", "setup"]);
      const stream = await completion({ ...request, stream: true });
      expect((await stream.final()).parsed).toEqual(reply.parsed);
    },
  );

  test("a tool call and its result, forced where the model can be", async () => {
    const { completion } = client();
    const tools = [
      {
        type: "function",
        function: {
          name: "get_price",
          parameters: {
            type: "object",
            properties: { city: { type: "string" } },
            required: ["city"],
          },
        },
      },
    ] as const;
    const history = [{ role: "user", content: "What is the price for London?" }] as const;
    const model = "anthropic/claude-sonnet-5";
    const first = await completion({ model, messages: history, tools, tool_choice: "required" });
    const { message } = first.choices[0]!;
    expect(message.tool_calls).toHaveLength(1);
    const id = message.tool_calls![0]!.id;
    const result = { role: "tool", tool_call_id: id, content: "499" } as const;
    const second = await completion({ model, messages: [...history, message, result], tools });
    expect(second.text).not.toBe("");
    expect(second.choices[0]!.finish_reason).toBe("stop");
  });
});
