/** toResponse() behind a real server, read by the clients it is for: `openai` and the AI SDK. */
import { Chat } from "@ai-sdk/react";
import { type Simulator, simulator } from "@polycall/testing";
import { DefaultChatTransport, readUIMessageStream, type UIMessage } from "ai";
import OpenAI from "openai";
import type { Tool } from "polycall";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fromChat, type Request, serveChat } from "../chat-server.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
};
const tellJoke = "Tell a joke about cats.";
const askWeather = "What is the weather in Paris?";

describe("the openai client", () => {
  const asIs = (body: Request) => ({ ...body, model: "anthropic/claude-haiku-5-5" });
  const ask = (url: string, content: string, more: object = {}) =>
    new OpenAI({ baseURL: url, apiKey: "any", maxRetries: 0 }).chat.completions.create({
      model: "whatever",
      messages: [{ role: "user", content }],
      stream: true,
      ...more,
    });

  test("reads text, why it ended, and the usage", async () => {
    await using server = await serveChat(sim, "openai", asIs);
    sim.script(["One, two, three."]);
    let text = "";
    let reason: string | null | undefined;
    let total = 0;
    for await (const chunk of await ask(server.url, tellJoke)) {
      text += chunk.choices[0]?.delta.content ?? "";
      reason = chunk.choices[0]?.finish_reason ?? reason;
      total = chunk.usage?.total_tokens ?? total;
    }
    expect({ text, reason }).toEqual({ text: "One, two, three.", reason: "stop" });
    expect(total).toBeGreaterThan(0);
  });

  test("reads a tool call", async () => {
    await using server = await serveChat(sim, "openai", asIs);
    const openai = new OpenAI({ baseURL: server.url, apiKey: "any", maxRetries: 0 });
    const messages = [{ role: "user" as const, content: askWeather }];
    const runner = openai.chat.completions.stream({ model: "m", messages, tools: [weather] });
    const { choices } = await runner.finalChatCompletion();
    const [call] = choices[0]!.message.tool_calls!;
    expect(choices[0]!.finish_reason).toBe("tool_calls");
    if (call?.type !== "function") throw new Error("no function was called");
    expect(call.function.name).toBe("get_weather");
    expect(JSON.parse(call.function.arguments)).toEqual({ city: "Paris" });
  });

  test("throws at an error in the middle", async () => {
    await using server = await serveChat(sim, "openai", asIs);
    sim.fault({ streamError: { after: 4, message: "It broke." } });
    const read = async () => {
      for await (const _ of await ask(server.url, tellJoke)) {
        // Read to its end.
      }
    };
    await expect(read()).rejects.toThrow(OpenAI.APIError);
  });

  test("that leaves aborts the provider's call", async () => {
    await using server = await serveChat(sim, "openai", asIs);
    sim.fault({ chunkDelayMs: 20 });
    for await (const _ of await ask(server.url, tellJoke)) break;
    await expect.poll(() => sim.requests[0]?.aborted).toBe(true);
  });
});

describe("the AI SDK", () => {
  const withTools = (body: { messages: UIMessage[] }): Request => ({
    ...fromChat(body),
    tools: [weather] as unknown as Tool[],
  });
  const chatAt = (api: string) => {
    const errors: Error[] = [];
    const onError = (error: Error) => errors.push(error);
    return { chat: new Chat({ transport: new DefaultChatTransport({ api }), onError }), errors };
  };

  test("useChat's Chat shows text", async () => {
    await using server = await serveChat(sim, "ai-sdk", fromChat);
    sim.script(["One, two, three."]);
    const { chat, errors } = chatAt(server.url);
    await chat.sendMessage({ text: tellJoke });
    expect(errors).toEqual([]);
    expect(chat.status).toBe("ready");
    expect(chat.messages.at(-1)).toMatchObject({
      role: "assistant",
      parts: [{ type: "step-start" }, { type: "text", text: "One, two, three.", state: "done" }],
    });
  });

  test("reasoning is a part of its own, before the text", async () => {
    await using server = await serveChat(sim, "ai-sdk", fromChat);
    sim.script([{ reasoning: "Count up.", text: "One, two, three." }]);
    const { chat, errors } = chatAt(server.url);
    await chat.sendMessage({ text: tellJoke });
    expect(errors).toEqual([]);
    expect(chat.messages.at(-1)?.parts).toMatchObject([
      { type: "step-start" },
      { type: "reasoning", text: "Count up.", state: "done" },
      { type: "text", text: "One, two, three.", state: "done" },
    ]);
  });

  test("a tool call has its input", async () => {
    await using server = await serveChat(sim, "ai-sdk", withTools);
    const { chat, errors } = chatAt(server.url);
    await chat.sendMessage({ text: askWeather });
    expect(errors).toEqual([]);
    const call = chat.messages.at(-1)!.parts.find(({ type }) => type === "tool-get_weather");
    expect(call).toMatchObject({ state: "input-available", input: { city: "Paris" } });
  });

  test("an error in the middle is the chat's error", async () => {
    await using server = await serveChat(sim, "ai-sdk", fromChat);
    sim.fault({ streamError: { after: 4, message: "It broke." } });
    const { chat, errors } = chatAt(server.url);
    await chat.sendMessage({ text: tellJoke });
    expect(chat.status).toBe("error");
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining("It broke.")]);
  });

  test("stop() aborts the provider's call", async () => {
    await using server = await serveChat(sim, "ai-sdk", fromChat);
    sim.fault({ chunkDelayMs: 20 });
    const { chat } = chatAt(server.url);
    const sent = chat.sendMessage({ text: tellJoke });
    await expect.poll(() => chat.status).toBe("streaming");
    await chat.stop();
    await sent;
    await expect.poll(() => sim.requests[0]?.aborted).toBe(true);
  });

  test("readUIMessageStream() reads what the transport gives", async () => {
    await using server = await serveChat(sim, "ai-sdk", fromChat);
    sim.script(["One, two, three."]);
    const messages: UIMessage[] = [
      { id: "1", role: "user", parts: [{ type: "text", text: tellJoke }] },
    ];
    const stream = await new DefaultChatTransport({ api: server.url }).sendMessages({
      trigger: "submit-message",
      chatId: "c",
      messageId: undefined,
      messages,
      abortSignal: undefined,
    });
    let last: UIMessage | undefined;
    for await (const message of readUIMessageStream({ stream })) last = message;
    expect(last?.parts.at(-1)).toEqual({ type: "text", text: "One, two, three.", state: "done" });
  });
});
