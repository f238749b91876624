/** Every recorded reply of Google's, served over loopback, read right: text, calls, reason, usage, state. */
import {
  BadRequestError,
  createClient,
  type Embeddings,
  type Message,
  NotFoundError,
} from "@polycall/core";
import { type Interaction, serveRecording } from "@polycall/testing";
import { afterAll, describe, expect, test } from "vitest";
import { gemini, vertex } from "../src/index.ts";
import { leftOut } from "./left-out.ts";
import {
  all,
  by,
  eventsOf,
  type Json,
  type Recorded,
  recorded,
  saysOf,
  skipped,
  succeeded,
} from "./recordings.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const messages: Message[] = [{ role: "user", content: "Hello." }];

/** One server for all: the path of a call names the interaction. */
async function reading(row: Recorded, seed?: number) {
  const server = await serveRecording(row.interaction as Interaction, { splitSeed: seed });
  const client = createClient({
    adapters: { gemini, vertex },
    providers: { [row.provider]: { apiKey: "test-key", baseURL: server.url } },
    logger: silent,
  });
  return { ...client, server, model: `${row.provider}/${row.model}` };
}

const finishes: Record<string, string> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  MODEL_ARMOR: "content_filter",
};

/** The checks that hold for whole and streamed replies alike. */
function expectSame(reply: Json, row: Recorded) {
  const says = saysOf(row);
  const { message, finish_reason } = reply.choices[0];
  expect(message.content ?? "").toBe(says.text);
  expect(message.reasoning_content ?? "").toBe(says.reasoning);
  const calls = (message.tool_calls ?? []).map((call: Json) => ({
    name: call.function.name,
    args: JSON.parse(call.function.arguments),
  }));
  expect(calls).toEqual(says.calls.map(({ name, args }) => ({ name, args })));
  for (const [i, { id }] of says.calls.entries()) {
    if (id) expect(message.tool_calls[i].id).toBe(id);
  }
  const ids = (message.tool_calls ?? []).map((call: Json) => call.id);
  expect(new Set(ids).size).toBe(ids.length);
  const reason = says.blockReason ? "content_filter" : finishes[says.finishReason!];
  expect(finish_reason).toBe(says.calls.length ? "tool_calls" : reason);
  expect((message.images ?? []).map((image: Json) => image.image_url.url.split(",")[1])).toEqual(
    says.images,
  );
  const kept = (message.provider_state?.[0]?.items ?? []) as { thoughtSignature?: string }[];
  expect(kept.flatMap((part) => part.thoughtSignature ?? [])).toEqual(says.signatures);
  expect(reply.model).toBe(says.modelVersion);
  if (says.responseId) expect(reply.id).toBe(says.responseId);
  else expect(reply.id).toMatch(/^gemini-/);
  const {
    promptTokenCount,
    candidatesTokenCount = 0,
    thoughtsTokenCount = 0,
    toolUsePromptTokenCount = 0,
    cachedContentTokenCount = 0,
    totalTokenCount,
  } = says.usage;
  if (promptTokenCount === undefined) return expect(reply.usage).toBeUndefined();
  expect(reply.usage).toMatchObject({
    prompt_tokens: promptTokenCount + toolUsePromptTokenCount,
    completion_tokens: candidatesTokenCount + thoughtsTokenCount,
    total_tokens: totalTokenCount,
  });
  expect(reply.usage.prompt_tokens_details.cached_tokens).toBe(cachedContentTokenCount);
  expect(reply.usage.completion_tokens_details.reasoning_tokens).toBe(thoughtsTokenCount);
}

describe.runIf(all.length)("recorded", () => {
  afterAll(() => {
    const rest = leftOut.map(({ path, reason }) => {
      const n = skipped.filter(({ interaction }) =>
        path.test(new URL(interaction.request.url).pathname),
      );
      return `${n.length} ${reason}`;
    });
    process.stdout.write(
      `gemini: ${recorded.length} of ${all.length} recorded interactions; left out: ${rest.join("; ")}\n`,
    );
  });

  test("all but those with a reason are run", () => {
    const run = [
      ...by("generateContent", "streamGenerateContent"),
      ...by("batchEmbedContents", "embedContent", "predict"),
    ];
    expect(run.length).toBe(recorded.length);
    expect(recorded.length + skipped.length).toBe(all.length);
    expect(recorded.length).toBeGreaterThan(160);
  });

  const fails = (row: Recorded) => saysOf(row).finishReason === "UNEXPECTED_TOOL_CALL";
  const whole = by("generateContent").filter(succeeded);

  test.each(whole.filter(fails))("$name is a failed reply", async (row) => {
    const { completion, model, server } = await reading(row);
    await using _ = server;
    await expect(completion({ model, messages, maxRetries: 0 })).rejects.toMatchObject({
      name: "InternalServerError",
      code: "UNEXPECTED_TOOL_CALL",
      message: expect.stringContaining("undeclared function: list_files"),
    });
  });

  test.each(whole.filter((row) => !fails(row)))("$name", async (row) => {
    const { completion, model, server } = await reading(row);
    await using _ = server;
    const reply = await completion({ model, messages });
    expectSame(reply, row);
    expect(reply.raw).toEqual(eventsOf(row)[0]);
    expect(server.requests).toHaveLength(1);
  });

  test.each(by("streamGenerateContent"))("$name", async (row) => {
    for (const seed of [1, 2]) {
      const { completion, model, server } = await reading(row, seed);
      await using _ = server;
      const stream = await completion({ model, messages, stream: true });
      let text = "";
      let reasoning = "";
      const calls: { id?: string; name?: string; arguments: string }[] = [];
      const chunks = [];
      for await (const chunk of stream) {
        chunks.push(chunk);
        const delta = chunk.choices[0]?.delta ?? {};
        text += delta.content ?? "";
        reasoning += delta.reasoning_content ?? "";
        for (const { index, id, function: fn } of delta.tool_calls ?? []) {
          calls[index] ??= { id, name: fn?.name, arguments: "" };
          calls[index].arguments += fn?.arguments ?? "";
        }
      }
      const final = await stream.final();
      expectSame(final, row);
      const { message, finish_reason } = final.choices[0]!;
      expect({ text, reasoning }).toEqual({
        text: message.content ?? "",
        reasoning: message.reasoning_content ?? "",
      });
      expect(calls.map(({ id, name, arguments: args }) => ({ id, name, args }))).toEqual(
        (message.tool_calls ?? []).map((call: Json) => ({
          id: call.id,
          name: call.function.name,
          args: call.function.arguments,
        })),
      );
      expect(chunks[0]!.choices[0]!.delta.role).toBe("assistant");
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: final.usage });
      expect(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? [])).toEqual([
        finish_reason,
      ]);
      const heads = chunks.map(({ id, created, model }) => `${id} ${created} ${model}`);
      expect(new Set(heads).size).toBe(1);
    }
  });

  const errors: Record<number, unknown> = { 400: BadRequestError, 404: NotFoundError };
  test.each(recorded.filter((row) => !succeeded(row)))("$name is an error", async (row) => {
    const { completion, embedding, model, server } = await reading(row);
    await using _ = server;
    const call =
      row.method === "generateContent"
        ? completion({ model, messages })
        : embedding({ model, input: ["Hello."] });
    const { status } = row.interaction.response;
    const failure = await call.then(
      () => undefined,
      (error: unknown) => error as BadRequestError,
    );
    expect(failure).toBeInstanceOf(errors[status]);
    expect(failure!.constructor).toBe(errors[status]);
    const { error } = eventsOf(row)[0]!;
    expect(failure).toMatchObject({ status, code: error.status, provider: row.provider });
    expect(failure!.message).toContain(error.message);
  });

  test.each(by("batchEmbedContents", "embedContent", "predict").filter(succeeded))(
    "$name",
    async (row) => {
      const { embedding, model, server } = await reading(row);
      await using _ = server;
      const reply: Embeddings = await embedding({ model, input: ["Hello."] });
      const [raw] = eventsOf(row) as Json[];
      const vectors = raw.embeddings ?? (raw.embedding && [raw.embedding]);
      const values = vectors?.[0].values ?? raw.predictions[0].embeddings.values;
      const tokens =
        raw.usageMetadata?.promptTokenCount ??
        raw.predictions?.[0].embeddings.statistics.token_count;
      expect(reply.data).toEqual([{ object: "embedding", index: 0, embedding: values }]);
      const usage = { prompt_tokens: tokens, total_tokens: tokens };
      expect(reply.usage).toEqual(tokens === undefined ? undefined : usage);
    },
  );
});
