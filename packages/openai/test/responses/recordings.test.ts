/** Every recorded reply of /responses is read right: whole, streamed, and as an error. */
import {
  BadRequestError,
  type CompletionChunk,
  type CompletionData,
  createClient,
  NotFoundError,
} from "@polycall/core";
import { serveRecording } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import {
  eventsOf,
  failureOf,
  isStreamed,
  type Json,
  type Recorded,
  replyOf,
  requestOf,
} from "../recorded.ts";
import {
  type Expected,
  expectedOf,
  readingPlan,
  responseOf,
  responsesRecordings,
} from "./recorded.ts";

const { reached, all } = responsesRecordings();
const isError = (one: Recorded) => one.interaction.response.status >= 400;
const replies = reached.filter((one) => !isError(one));
const whole = replies.filter((one) => !isStreamed(one));
const streamed = replies.filter(isStreamed);
const named = (list: Recorded[]) => list.map((one) => [one.name, one] as const);

function seen(data: CompletionData): Expected {
  const { message, finish_reason, logprobs } = data.choices[0]!;
  const { usage } = data;
  return {
    text: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== "function") throw new Error("no custom tool was recorded");
      return { id: call.id, name: call.function.name, args: call.function.arguments };
    }),
    finish: finish_reason,
    urls: (message.annotations ?? []).map(({ url_citation }) => url_citation.url),
    images: message.images?.length ?? 0,
    tokens: (logprobs?.content ?? []).map(({ token }) => token),
    usage: usage && {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens,
      written: usage.prompt_tokens_details?.cache_write_tokens,
      reasoning: usage.completion_tokens_details?.reasoning_tokens,
    },
  };
}

function check(data: CompletionData, one: Recorded): void {
  expect(seen(data)).toEqual(expectedOf(one));
  const { usage } = data;
  if (usage) expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
}

test.skipIf(all.length === 0)("every recorded call is read, none left out", () => {
  expect(reached.map(({ name }) => name)).toEqual(all);
  process.stderr.write(`responses: ${reached.length} of ${all.length} recorded calls are read.\n`);
});

describe.skipIf(all.length === 0)("whole replies", () => {
  test.each(named(whole))("%s", (_, one) => {
    const body = replyOf(one) as Json;
    const before = structuredClone(body);
    const data = one.provider.parse(body, readingPlan(one));
    check(data, one);
    const { id, model, created_at, status } = body as { [key: string]: unknown };
    expect(data).toMatchObject({ id, model, created: Math.floor(created_at as number) });
    const raw = status === "completed" ? undefined : status;
    expect(data.choices[0]!.finish_reason_raw).toBe(raw);
    expect(body).toEqual(before);
  });
});

describe.skipIf(all.length === 0)("streamed replies", () => {
  test.each(named(streamed))("%s", (_, one) => {
    const plan = readingPlan(one);
    const decoder = one.provider.decoder(plan);
    const chunks: CompletionChunk[] = [];
    const events = eventsOf(one);
    for (const { event, data } of events) {
      expect(decoder.done).toBe(false);
      chunks.push(...decoder.decode(data, event));
    }
    expect(decoder.done).toBe(true);
    chunks.push(...decoder.end());
    const data = one.provider.parse(decoder.body(), plan);
    check(data, one);
    checkChunks(chunks, data);
    expect(data).toEqual(one.provider.parse(responseOf(one), plan));
  });
});

/** The chunks say what the whole says, in OpenAI's order. */
function checkChunks(chunks: CompletionChunk[], data: CompletionData): void {
  const { message, finish_reason, logprobs } = data.choices[0]!;
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const deltas = choices.map((choice) => choice.delta);
  expect(deltas[0]!.role).toBe("assistant");
  expect(deltas.filter((delta) => delta.role)).toHaveLength(1);
  expect(deltas.map((delta) => delta.content ?? "").join("")).toBe(message.content ?? "");
  expect(deltas.map((delta) => delta.reasoning_content ?? "").join("")).toBe(
    message.reasoning_content ?? "",
  );
  expect(deltas.flatMap((delta) => delta.annotations ?? [])).toEqual(message.annotations ?? []);
  const tokens = choices.flatMap((choice) => choice.logprobs?.content ?? []);
  expect(tokens.map(({ token }) => token)).toEqual(
    (logprobs?.content ?? []).map(({ token }) => token),
  );
  const calls: { id?: string; name?: string; args: string }[] = [];
  for (const { index, id, function: fn } of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    if (fn?.name) calls[index] = { id, name: fn.name, args: "" };
    calls[index]!.args += fn?.arguments ?? "";
  }
  expect(calls).toEqual(seen(data).calls);
  const ends = choices.map((choice) => choice.finish_reason);
  expect(ends.filter((end) => end !== null)).toEqual([finish_reason]);
  const { id, created, model } = data;
  for (const chunk of chunks) expect(chunk).toMatchObject({ id, created, model });
  const last = chunks.at(-1)!;
  expect(last.choices).toEqual([]);
  expect(last.usage).toEqual(data.usage);
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
      const input = {
        model: `${one.prefix}/responses/${String(requestOf(one).model)}`,
        messages: [{ role: "user" as const, content: "Hi" }],
      };
      const reply = isStreamed(one)
        ? await (await completion({ ...input, stream: true })).final()
        : await completion(input);
      check(reply.toJSON() as unknown as CompletionData, one);
      expect(server.requests[0]!.path).toMatch(/\/responses$/);
    },
  );
});

describe.skipIf(all.length === 0)("recorded errors", () => {
  test.each(named(reached.filter(isError)))("%s", (_, one) => {
    const error = one.provider.classify(failureOf(one));
    const { message, code } = (replyOf(one) as { error: { message: string; code: string } }).error;
    const expected = code === "model_not_found" ? NotFoundError : BadRequestError;
    expect(error.name).toBe(expected.name);
    expect(error.message).toContain(message);
    expect(error.status).toBe(400);
  });
});
