/** Reads a stream of chunks and holds it to OpenAI's shape. */
import { expect } from "vitest";
import type {
  Completion,
  CompletionChunk,
  CompletionStream,
  ResponseFormat,
} from "../../src/index.ts";

/** A reply to any request: `parsed` is unknown. */
export type Reply = Completion<ResponseFormat | undefined>;

type Call = { index: number; id?: string; name?: string; arguments: string };

/** The first choice's tool calls, put together from their deltas as any OpenAI client does. */
function callsOf(chunks: readonly CompletionChunk[]): Call[] {
  const calls: Call[] = [];
  for (const delta of chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])) {
    const call = calls[delta.index] ?? { index: delta.index, arguments: "" };
    calls[delta.index] = call;
    call.id ??= delta.id;
    call.name ??= delta.function?.name;
    call.arguments += delta.function?.arguments ?? "";
  }
  return calls;
}

function joined(chunks: readonly CompletionChunk[], field: "content" | "reasoning_content") {
  return chunks.map(({ choices }) => choices[0]?.delta[field] ?? "").join("");
}

/** Role first, one finish reason, usage once and last, the same head on all. */
export function expectWellFormed(chunks: readonly CompletionChunk[]): void {
  const heads = chunks.map(({ id, object, created, model }) =>
    JSON.stringify({ id, object, created, model }),
  );
  expect(new Set(heads).size).toBe(1);
  expect(chunks[0]).toMatchObject({ object: "chat.completion.chunk", id: expect.any(String) });
  expect(chunks[0]!.choices[0]!.delta.role).toBe("assistant");
  const finishes = chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean);
  expect(finishes).toHaveLength(1);
  expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
  expect(chunks.filter(({ choices }) => choices.length === 0)).toHaveLength(1);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
}

/** Every chunk of a stream, and what broke it. */
export async function chunksOf(stream: CompletionStream) {
  const chunks: CompletionChunk[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
    return { chunks };
  } catch (error) {
    return { chunks, error };
  }
}

/** The whole reply of a stream of one choice, after its chunks were found to say the same. */
export async function readStream(
  stream: CompletionStream<ResponseFormat | undefined>,
): Promise<Reply> {
  const chunks: CompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  expectWellFormed(chunks);
  const reply = await stream.final();
  const { message, finish_reason } = reply.choices[0]!;
  expect(joined(chunks, "content")).toBe(reply.text);
  expect(joined(chunks, "reasoning_content")).toBe(message.reasoning_content ?? "");
  expect(chunks.at(-1)!.usage).toEqual(reply.usage);
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason).find(Boolean)).toBe(finish_reason);
  const calls = (message.tool_calls ?? []).map((call, index) => ({
    index,
    id: call.id,
    name: call.type === "function" ? call.function.name : call.custom.name,
    arguments: call.type === "function" ? call.function.arguments : call.custom.input,
  }));
  expect(callsOf(chunks)).toEqual(calls);
  return reply;
}

const finishReasons = ["stop", "length", "tool_calls", "content_filter", "function_call"];

/** Holds any reply, however odd what the provider said, to what its type promises. */
export function expectWhole(reply: Reply, what: string): void {
  expect(typeof reply.text, what).toBe("string");
  expect(typeof reply.model, what).toBe("string");
  expect(Number.isFinite(reply.created), what).toBe(true);
  for (const { message, finish_reason } of reply.choices) {
    expect(finishReasons, what).toContain(finish_reason);
    expect(message.role, what).toBe("assistant");
    expect(message.content === null || typeof message.content === "string", what).toBe(true);
    for (const call of message.tool_calls ?? []) {
      const { name, input } =
        call.type === "custom"
          ? call.custom
          : { name: call.function.name, input: call.function.arguments };
      const texts = [call.id, name, input];
      expect(
        texts.every((text) => typeof text === "string"),
        what,
      ).toBe(true);
    }
  }
  const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0 } = reply.usage ?? {};
  for (const tokens of [prompt_tokens, completion_tokens, total_tokens]) {
    expect(Number.isFinite(tokens), `${what}: ${JSON.stringify(tokens)} tokens`).toBe(true);
  }
  expect(JSON.parse(JSON.stringify(reply)), what).toMatchObject({ object: "chat.completion" });
}
