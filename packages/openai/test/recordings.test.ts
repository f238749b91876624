/** Every recorded reply of these hosts is read right: whole, streamed, and as an error. */
import {
  APIResponseValidationError,
  BadRequestError,
  type CompletionChunk,
  type CompletionData,
  createClient,
  NotFoundError,
  type PolycallError,
  RateLimitError,
  ReplyFailure,
} from "@polycall/core";
import { serveRecording } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import { leftOut } from "./left-out.ts";
import {
  type Expected,
  eventsOf,
  expectedOf,
  failureOf,
  isStreamed,
  type Json,
  type Recorded,
  readingPlan,
  recordings,
  replyOf,
  requestOf,
} from "./recorded.ts";

const { reached, all } = recordings();
const isError = (one: Recorded) => one.interaction.response.status >= 400;
const isEmbedding = (one: Recorded) => one.interaction.request.url.includes("embeddings");
const isNonsense = (one: Recorded) => one.name.startsWith("non-api-replies/");
const failsInside = [
  "groq/tool_use_failed_error_streaming.json#0",
  "openrouter/openrouter_stream_error.json#0",
];
const replies = reached.filter(
  (one) =>
    !isError(one) && !isEmbedding(one) && !isNonsense(one) && !failsInside.includes(one.name),
);
const whole = replies.filter((one) => !isStreamed(one));
const streamed = replies.filter(isStreamed);

function seen(data: CompletionData): Expected {
  const { message, finish_reason } = data.choices[0]!;
  const { usage } = data;
  return {
    text: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== "function") throw new Error("no custom tool was recorded");
      return { id: call.id, name: call.function.name, args: call.function.arguments };
    }),
    finish: finish_reason,
    usage: {
      input: usage!.prompt_tokens,
      output: usage!.completion_tokens,
      cached: usage!.prompt_tokens_details?.cached_tokens,
      reasoning: usage!.completion_tokens_details?.reasoning_tokens,
    },
  };
}

/** Ids that the host left empty are made by us: any that is not empty is right. */
function comparable(one: Expected, madeIds: boolean): Expected {
  if (!madeIds) return one;
  expect(new Set(one.calls.map(({ id }) => id)).size).toBe(one.calls.length);
  return { ...one, calls: one.calls.map((call) => ({ ...call, id: call.id ? "made" : "" })) };
}

function check(data: CompletionData, pieces: Json[]): void {
  const expected = expectedOf(pieces);
  const madeIds = expected.calls.some(({ id }) => !id);
  if (madeIds) for (const call of expected.calls) call.id = "made";
  expect(comparable(seen(data), madeIds)).toEqual(expected);
  expect(data.usage!.total_tokens).toBe(data.usage!.prompt_tokens + data.usage!.completion_tokens);
}

test.skipIf(all.length === 0)("every recorded call is reached or left out for a reason", () => {
  const names = new Set(reached.map(({ name }) => name));
  const missed = all.filter((name) => !names.has(name));
  expect(missed.filter((name) => !leftOut.some(({ file }) => file.test(name)))).toEqual([]);
  expect(leftOut.every(({ file }) => missed.some((name) => file.test(name)))).toBe(true);
  process.stderr.write(`openai: ${reached.length} of ${all.length} recorded calls are read.\n`);
});

describe.skipIf(all.length === 0)("whole replies", () => {
  test.each(whole.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const body = replyOf(one) as Json;
    const before = structuredClone(body);
    check(one.provider.parse(body, readingPlan(one)), [body]);
    expect(body).toEqual(before);
  });
});

describe.skipIf(all.length === 0)("streamed replies", () => {
  test.each(streamed.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const plan = readingPlan(one);
    const decoder = one.provider.decoder(plan);
    const chunks: CompletionChunk[] = [];
    for (const { event, data } of eventsOf(one)) chunks.push(...decoder.decode(data, event));
    expect(decoder.done).toBe(true);
    chunks.push(...decoder.end());
    const data = one.provider.parse(decoder.body(), plan);
    check(
      data,
      eventsOf(one).map((event) => event.data),
    );
    checkChunks(chunks, data);
  });
});

/** The chunks say what the whole says, in OpenAI's order. */
function checkChunks(chunks: CompletionChunk[], whole: CompletionData): void {
  const { message, finish_reason } = whole.choices[0]!;
  const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta));
  expect(chunks[0]!.choices[0]!.delta.role).toBe("assistant");
  expect(deltas.map((delta) => delta.content ?? "").join("")).toBe(message.content ?? "");
  expect(deltas.map((delta) => delta.reasoning_content ?? "").join("")).toBe(
    message.reasoning_content ?? "",
  );
  const calls: { id?: string; name?: string; args: string }[] = [];
  for (const { index, id, function: fn } of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    if (fn?.name) calls[index] = { id, name: fn.name, args: "" };
    calls[index]!.args += fn?.arguments ?? "";
  }
  expect(calls).toEqual(seen(whole).calls);
  const ends = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.finish_reason));
  expect(ends.filter((end) => end !== null)).toEqual([finish_reason]);
  const { id, created, model } = whole;
  for (const chunk of chunks) expect(chunk).toMatchObject({ id, created, model });
  const last = chunks.at(-1)!;
  expect(last.choices).toEqual([]);
  expect(last.usage).toEqual(whole.usage);
  expect(chunks.slice(0, -1).every((chunk) => !chunk.usage)).toBe(true);
}

describe.skipIf(all.length === 0)("over loopback, split at random bytes", () => {
  test.each(replies.map((one, seed) => [one.name, one, seed] as const))(
    "%s",
    async (_, one, seed) => {
      const maxPiece = Math.max(32, Math.ceil(one.interaction.response.body!.length / 30));
      await using server = await serveRecording(one.interaction, { splitSeed: seed + 1, maxPiece });
      const { completion } = createClient({
        adapters: { [one.prefix]: one.provider },
        providers: { [one.prefix]: { apiKey: "sk-test", baseURL: server.url } },
        logLevel: "off",
      });
      const { model } = requestOf(one) as { model: string };
      const input = {
        model: `${one.prefix}/${model}`,
        messages: [{ role: "user" as const, content: "Hi" }],
      };
      const stream = isStreamed(one);
      const reply = stream
        ? await (await completion({ ...input, stream: true })).final()
        : await completion(input);
      check(
        reply.toJSON() as unknown as CompletionData,
        stream ? eventsOf(one).map(({ data }) => data) : [replyOf(one) as Json],
      );
    },
  );
});

const errorClass = (one: Recorded): (new (...args: never[]) => PolycallError) => {
  const { status } = one.interaction.response;
  return status === 404 ? NotFoundError : status === 429 ? RateLimitError : BadRequestError;
};

describe.skipIf(all.length === 0)("recorded errors", () => {
  test.each(reached.filter(isError).map((one) => [one.name, one] as const))("%s", (_, one) => {
    const error = one.provider.classify(failureOf(one));
    expect(error).toBeInstanceOf(errorClass(one));
    expect(error.name).toBe(errorClass(one).name);
    const { error: said, detail } = replyOf(one) as {
      error?: { message: string; metadata?: { raw: string } };
      detail?: string;
    };
    expect(error.message).toContain(said ? said.message : detail);
    expect(error.message).toContain(said?.metadata?.raw ?? "");
    expect(error.status).toBe(one.interaction.response.status);
  });

  test.each(failsInside)("%s fails inside a 200", (name) => {
    const one = reached.find((other) => other.name === name)!;
    const decoder = one.provider.decoder(readingPlan(one));
    let failure: unknown;
    try {
      for (const { event, data } of eventsOf(one)) decoder.decode(data, event);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ReplyFailure);
    const error = one.provider.classify(failureOf(one, (failure as ReplyFailure).body));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.status).toBe(400);
  });

  test.each(reached.filter(isNonsense).map((one) => [one.name, one] as const))(
    "%s is no reply",
    async (_, one) => {
      await using server = await serveRecording(one.interaction);
      const { completion } = createClient({
        adapters: { custom_openai: one.provider },
        providers: { custom_openai: { baseURL: server.url } },
        defaults: { maxRetries: 0 },
        logLevel: "off",
      });
      const messages = [{ role: "user" as const, content: "Hi" }];
      await expect(completion({ model: "custom_openai/x", messages })).rejects.toThrow(
        APIResponseValidationError,
      );
    },
  );
});
