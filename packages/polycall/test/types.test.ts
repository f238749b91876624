/** The types are the product: what `completion()` infers, and that OpenAI's types and ours fit each other. */
import type OpenAI from "openai";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParams,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from "openai/resources/chat/completions";
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod";
import {
  type AssistantMessage,
  type Completion,
  type CompletionChunk,
  type CompletionStream,
  completion,
  type Message,
  type ReplyMessage,
  tool,
} from "../src/index.ts";

const model = "openai/gpt-6-luna";
const messages: Message[] = [{ role: "user", content: "Hello" }];
const joke = z.object({ setup: z.string(), punchline: z.string() });
const price = tool({
  name: "price",
  description: "A price",
  parameters: z.object({ city: z.string(), days: z.number().default(1) }),
  execute: async ({ city, days }) => city.length * days,
});
const clock = tool({
  name: "clock",
  description: "The time",
  parameters: z.object({}),
  execute: () => 0,
});

/** Never called: `tsc` reads the types of what would come back. */
const never = {
  plain: () => completion({ model, messages }),
  streamed: () => completion({ model, messages, stream: true }),
  parsed: () => completion({ model, messages, response_format: joke }),
  either: (stream: boolean) => completion({ model, messages, stream, response_format: joke }),
  json: () => completion({ model, messages, response_format: { type: "json_object" } }),
  tools: () => completion({ model, messages, tools: [price, clock] }),
  everything: () =>
    completion({ model, messages, tools: [price], response_format: joke, stream: true }),
  spread: () => completion({ ...{ model, messages, stream: true as const }, temperature: 0 }),
  list: (tools: (typeof price | typeof clock)[]) => completion({ model, messages, tools }),
  frozen: (tools: readonly [typeof price, typeof clock]) => completion({ model, messages, tools }),
  perhaps: (tools?: [typeof price]) => completion({ model, messages, tools }),
};

describe("completion() infers", () => {
  test("stream or not", () => {
    expectTypeOf(never.plain).returns.resolves.toEqualTypeOf<Completion>();
    expectTypeOf(never.streamed).returns.resolves.toEqualTypeOf<CompletionStream>();
    expectTypeOf(never.either).returns.resolves.toEqualTypeOf<
      Completion<typeof joke> | CompletionStream<typeof joke>
    >();
  });

  test("the parsed value", () => {
    type Parsed = Awaited<ReturnType<typeof never.parsed>>["parsed"];
    expectTypeOf<Parsed>().toEqualTypeOf<{ setup: string; punchline: string }>();
    expectTypeOf<Awaited<ReturnType<typeof never.plain>>["parsed"]>().toEqualTypeOf<undefined>();
    expectTypeOf<Awaited<ReturnType<typeof never.json>>["parsed"]>().toEqualTypeOf<unknown>();
  });

  test("tool calls, discriminated by name", () => {
    type Call = Awaited<ReturnType<typeof never.tools>>["toolCalls"][number];
    expectTypeOf<Call["name"]>().toEqualTypeOf<"price" | "clock">();
    expectTypeOf<Extract<Call, { name: "price" }>["args"]>().toEqualTypeOf<{
      city: string;
      days: number;
    }>();
  });

  test("a stream's whole reply", () => {
    type Final = Awaited<ReturnType<Awaited<ReturnType<typeof never.everything>>["final"]>>;
    expectTypeOf<Final["parsed"]>().toEqualTypeOf<{ setup: string; punchline: string }>();
    expectTypeOf<Final["toolCalls"][number]["args"]>().toEqualTypeOf<{
      city: string;
      days: number;
    }>();
  });

  test("from whatever the caller has: a spread, a list, a frozen list, perhaps nothing", () => {
    type Calls<Call extends (...args: never[]) => Promise<{ toolCalls: { name: string }[] }>> =
      Awaited<ReturnType<Call>>["toolCalls"][number]["name"];
    expectTypeOf(never.spread).returns.resolves.toEqualTypeOf<CompletionStream>();
    expectTypeOf<Calls<typeof never.list>>().toEqualTypeOf<"price" | "clock">();
    expectTypeOf<Calls<typeof never.frozen>>().toEqualTypeOf<"price" | "clock">();
    expectTypeOf<Calls<typeof never.perhaps>>().toEqualTypeOf<"price">();
  });

  test("no any", () => {
    expectTypeOf<Completion["parsed"]>().not.toBeAny();
    expectTypeOf<Completion["raw"]>().toEqualTypeOf<unknown>();
    expectTypeOf<Completion["toolCalls"][number]["args"]>().not.toBeAny();
  });
});

describe("what is wrong is a type error", () => {
  test("a misspelt parameter, a wrong type, a missing field", () => {
    // @ts-expect-error temprature
    () => completion({ model, messages, temprature: 1 });
    // @ts-expect-error max_tokens is a number
    () => completion({ model, messages, max_tokens: "5" });
    // @ts-expect-error no messages
    () => completion({ model });
    // @ts-expect-error no such role
    () => completion({ model, messages: [{ role: "bot", content: "" }] });
    // @ts-expect-error LiteLLM's name
    () => completion({ model, messages, api_key: "sk" });
    // @ts-expect-error a tool call that no tool has
    () => never.tools().then(({ toolCalls }) => toolCalls.find(({ name }) => name === "nope"));
  });
});

describe("OpenAI's types and ours fit each other", () => {
  test("an OpenAI request is one of ours", () => {
    const request: ChatCompletionCreateParamsNonStreaming = { model, messages: [] };
    expectTypeOf(() => completion(request)).returns.resolves.toExtend<ChatCompletion>();
    const streamed: ChatCompletionCreateParamsStreaming = { model, messages: [], stream: true };
    expectTypeOf(() => completion(streamed)).returns.resolves.toExtend<
      AsyncIterable<ChatCompletionChunk>
    >();
    (either: ChatCompletionCreateParams) => completion({ ...either, model: "gemini/gemini-3" });
    expectTypeOf<ChatCompletionMessageParam>().toExtend<Message>();
  });

  test("our replies, chunks, messages and tools are OpenAI's", () => {
    expectTypeOf<Completion>().toExtend<ChatCompletion>();
    expectTypeOf<CompletionChunk>().toExtend<ChatCompletionChunk>();
    expectTypeOf<ReplyMessage>().toExtend<ChatCompletionMessageParam>();
    expectTypeOf<AssistantMessage>().toExtend<ChatCompletionMessageParam>();
    expectTypeOf(price).toExtend<ChatCompletionTool>();
    (client: OpenAI, reply: Completion) =>
      client.chat.completions.create({
        model,
        messages: [reply.choices[0]!.message],
        tools: [price],
      });
  });

  test("a reply's message goes back as it is", () => {
    expectTypeOf<ReplyMessage>().toExtend<Message>();
    expectTypeOf<Completion["choices"][number]["message"]>().toExtend<Message>();
  });
});
