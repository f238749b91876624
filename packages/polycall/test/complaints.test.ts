/**
 * The complaints that people bring against the unified SDKs of today, each shown not to hold here.
 * Numbers are those of the project's list. Of its 25, import time (19) and provenance (20) are held by
 * the tests of the published packages.
 */
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { type CompletionInput, createClient, type Message, PolycallError } from "../src/index.ts";
import { chunksOf } from "./support/chunks.ts";
import { simulated } from "./support/simulated.ts";
import { answered, getPrice, tools } from "./support/tools.ts";

const { sim, ask, completion, explain } = await simulated();

const user = (content: string): Message => ({ role: "user", content });
const london = user("How much is a ticket to London?");
const high = { reasoning_effort: "high" } as const;
/** A history as it comes back from a database. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A question, its tool call, the result: as another request to a model would carry them. */
async function historyOf(model: string, more: Partial<CompletionInput> = high): Promise<Message[]> {
  const reply = await ask(false, { model, messages: [london], tools, ...more });
  return stored([london, ...(await answered(reply))]);
}
const textOf = async (input: CompletionInput) => JSON.stringify((await explain(input)).body);

describe("reasoning and its state", () => {
  test("1. Claude's thinking survives tool turns and JSON (litellm#15601)", async () => {
    const model = "anthropic/claude-haiku-4-5";
    const messages = await historyOf(model);
    const { body } = await explain({ model, messages, tools, ...high });
    const [, assistant] = body.messages as { content: { type: string; signature?: string }[] }[];
    expect(assistant!.content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
    expect(assistant!.content[0]!.signature).toBeTruthy();
    const { text } = await ask(false, { model, messages, tools, ...high });
    expect(text).toContain("$799");
  });

  test("2. Gemini's thought signatures come back; a foreign call gets the stand-in, and is told (vercel/ai#10721)", async () => {
    const model = "gemini/gemini-3.5-flash-lite";
    const own = await textOf({ model, messages: await historyOf(model), tools });
    expect(own).toMatch(/"thoughtSignature":"(?!skip_|context_)[^"]+"/);
    const foreign = await historyOf("openai/chat/gpt-4.1-mini", {});
    const { body, changes } = await explain({ model, messages: foreign, tools });
    expect(JSON.stringify(body)).toMatch(
      /"thoughtSignature":"(skip_thought_signature_validator|context_engineering_is_the_way_to_go)"/,
    );
    expect(changes).toContainEqual(expect.objectContaining({ action: "repaired" }));
  });

  test("3. DeepSeek gets its reasoning_content back (langchain#34166)", async () => {
    const model = "deepseek/deepseek-reasoner";
    const messages = await historyOf(model);
    const said = (messages[1] as { reasoning_content?: string }).reasoning_content;
    expect(said).toBeTruthy();
    const { body } = await explain({ model, messages, tools, ...high });
    expect((body.messages as object[])[1]).toMatchObject({ reasoning_content: said });
  });

  test("4. no reasoning item of OpenAI's goes without the item that followed it (vercel/ai#7099)", async () => {
    const model = "openai/responses/gpt-5.6-luna";
    const messages = await historyOf(model);
    const types = async (history: Message[]) => {
      const { body } = await explain({ model, messages: history, tools, ...high });
      return (body.input as { type: string }[]).map(({ type }) => type);
    };
    expect((await types(messages)).slice(1)).toEqual([
      "reasoning",
      "function_call",
      "function_call_output",
    ]);
    // The user took the call out of the history: its reasoning goes with it.
    const { tool_calls: _, ...edited } = messages[1] as { tool_calls?: unknown } & Message;
    const without = [messages[0]!, { ...edited, content: "Let me see." } as Message, user("Well?")];
    expect(await types(without)).not.toContain("reasoning");
  });

  test.each([
    ["openai/responses/gpt-5.6-luna", "anthropic/claude-haiku-4-5"],
    ["anthropic/claude-haiku-4-5", "gemini/gemini-3.5-flash-lite"],
    ["gemini/gemini-3.5-flash-lite", "openai/responses/gpt-5.6-luna"],
    ["deepseek/deepseek-reasoner", "mistral/mistral-large-latest"],
  ])("5, 6. the ids of %s fit %s, its signatures and reasoning stay behind", async (from, to) => {
    const history = await historyOf(from);
    const message = history[1] as { reasoning_content?: string; provider_state?: object[] };
    const sent = await textOf({ model: to, messages: history, tools });
    if (message.reasoning_content) expect(sent).not.toContain(message.reasoning_content);
    for (const secret of JSON.stringify(message.provider_state ?? []).matchAll(
      /"(?:signature|thoughtSignature|encrypted_content)":"([^"]+)"/g,
    )) {
      expect(sent).not.toContain(secret[1]);
    }
    const { text } = await ask(false, { model: to, messages: history, tools });
    expect(text).toContain("$799");
    expect(sim.requests.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe("what is sent", () => {
  test("7. tools for a model that has none on chat go to /responses (LibreChat#14231)", async () => {
    const { endpoint, reason } = await explain({
      model: "openai/gpt-5.6-luna",
      messages: [london],
      tools,
    });
    expect(endpoint).toBe("responses");
    expect(reason).toContain("tools");
  });

  test("10. what a model cannot take is told, or refused on demand (litellm#16090)", async () => {
    const input = { model: "openai/gpt-5", messages: [user("Hi")], temperature: 0.2 };
    const { warnings } = await ask(false, input);
    expect(warnings).toContainEqual(expect.objectContaining({ param: "temperature" }));
    await expect(explain({ ...input, onUnsupported: "error" })).rejects.toMatchObject({
      name: "UnsupportedParamsError",
      param: "temperature",
    });
  });

  test.each([
    "custom_openai/m",
    "openai/chat/gpt-4.1-mini",
    "openai/responses/gpt-4.1-mini",
    "anthropic/claude-haiku-4-5",
    "gemini/gemini-3.5-flash-lite",
    "ollama/llama3.2",
  ])("11. extra_body reaches %s and wins (litellm#25753)", async (model) => {
    const extra_body = { stranger: { deep: [1] }, model: "as-i-say" };
    const { body } = await explain({ model, messages: [user("Hi")], extra_body });
    expect(body).toMatchObject(extra_body);
  });

  test("11. user reaches a server of one's own", async () => {
    const { body } = await explain({
      model: "custom_openai/m",
      messages: [user("Hi")],
      user: "ada",
    });
    expect(body.user).toBe("ada");
  });

  test("13. a schema that Gemini has no words for is sent within its words, and held to here (python-genai#867)", async () => {
    const schema = z.object({ kind: z.enum(["a", "b"]), when: z.string().regex(/^\d{4}$/) });
    const model = "gemini/gemini-3.5-flash-lite";
    sim.script(['{"kind":"a","when":"never"}', '{"kind":"a","when":"2026"}']);
    const { parsed, attempts } = await completion({
      model,
      messages: [user("When?")],
      response_format: schema,
    });
    expect(parsed).toEqual({ kind: "a", when: "2026" });
    expect(attempts).toHaveLength(2);
  });

  test("14. a forced call and thinking do not meet in a request to Claude (litellm#8901)", async () => {
    const { body, changes } = await explain({
      model: "anthropic/claude-haiku-4-5",
      messages: [london],
      tools,
      tool_choice: "required",
      ...high,
    });
    const thinks = (body.thinking as { type: string } | undefined)?.type === "enabled";
    const isForced = ["any", "tool"].includes((body.tool_choice as { type: string })?.type);
    expect(thinks && isForced).toBe(false);
    expect(changes.length).toBeGreaterThan(0);
  });

  test("17. one layer retries: maxRetries + 1 requests, whatever the SDK under it would do (litellm#7130)", async () => {
    for (const model of [
      "openai/chat/gpt-4.1-mini",
      "anthropic/claude-haiku-4-5",
      "gemini/gemini-3.5-flash-lite",
    ]) {
      sim.reset();
      sim.fault({ status: 503, times: 9, retryAfter: { ms: 1, source: "retry-after-ms" } });
      await ask(false, { model, messages: [user("Hi")], maxRetries: 1 }).catch(() => {});
      expect(sim.requests).toHaveLength(2);
    }
  });

  test("21, 22. a model that nobody has heard of is asked all the same (litellm#8536, token.js#114)", async () => {
    for (const model of [
      "openai/chat/gpt-99-nova",
      "anthropic/claude-nova-9",
      "gemini/gemini-99",
    ]) {
      expect((await ask(false, { model, messages: [user("Hi")] })).text).toContain("Hi");
    }
  });
});

describe("what comes back", () => {
  test("9. a stream has its usage (litellm#23847)", async () => {
    for (const model of [
      "openai/chat/gpt-4.1-mini",
      "openai/responses/gpt-4.1-mini",
      "anthropic/claude-haiku-4-5",
      "gemini/gemini-3.5-flash-lite",
      "ollama/llama3.2",
    ]) {
      const messages = [user("Hi")];
      const [plain, streamed] = [
        await ask(false, { model, messages }),
        await ask(true, { model, messages }),
      ];
      expect(streamed.usage).toEqual(plain.usage);
      expect(plain.usage!.total_tokens).toBeGreaterThan(0);
    }
  });

  test("16. an error inside a stream is thrown, with what had come (litellm#6957)", async () => {
    sim.fault({ streamError: { after: 6 } });
    const model = "anthropic/claude-haiku-4-5";
    const stream = await completion({ model, messages: [user("Count to 30.")], stream: true });
    const { chunks, error } = await chunksOf(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(text).not.toBe("");
    expect(error).toBeInstanceOf(PolycallError);
    expect(error).toMatchObject({ partial: { choices: [{ message: { content: text } }] } });
  });

  test("18. an abort is an AbortError, and nothing is tried again (genkit#5331)", async () => {
    const controller = new AbortController();
    sim.fault({ hang: true, times: 3 });
    const model = "openai/chat/gpt-4.1-mini";
    const request = { model, messages: [user("Hi")], signal: controller.signal, maxRetries: 2 };
    const call = completion({ ...request, fallbacks: ["ollama/llama3.2"] });
    const aborted = expect(call).rejects.toMatchObject({ name: "AbortError" });
    // A slow machine's first call is not on its way after any fixed time.
    await vi.waitFor(() => expect(sim.requests).toHaveLength(1), 10_000);
    controller.abort();
    await aborted;
    expect(sim.requests).toHaveLength(1);
  });
});

/** Replies in the provider's own words, for what the simulator does not say. */
function replying(provider: string, reply: unknown, type = "application/json") {
  const body = typeof reply === "string" ? reply : JSON.stringify(reply);
  const fetch = async () => new Response(body, { headers: { "content-type": type } });
  return createClient({ providers: { [provider]: { apiKey: "k" } }, defaults: { fetch } });
}

describe("what providers count and call", () => {
  test("8. cached tokens are counted once (litellm#9812)", async () => {
    const messages = [user("Hi")];
    const claude = replying("anthropic", {
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 1000,
        output_tokens: 5,
      },
    });
    const openai = replying("openai", {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "gpt-4.1-mini",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hi" } }],
      usage: {
        prompt_tokens: 110,
        completion_tokens: 5,
        total_tokens: 115,
        prompt_tokens_details: { cached_tokens: 100 },
      },
    });
    const gemini = replying("gemini", {
      candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 110,
        cachedContentTokenCount: 100,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 20,
        totalTokenCount: 135,
      },
    });
    expect(
      (await claude.completion({ model: "anthropic/claude-haiku-4-5", messages })).usage,
    ).toMatchObject({
      prompt_tokens: 1110,
      completion_tokens: 5,
      total_tokens: 1115,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 1000 },
    });
    expect(
      (await openai.completion({ model: "openai/chat/gpt-4.1-mini", messages })).usage,
    ).toMatchObject({
      prompt_tokens: 110,
      completion_tokens: 5,
      total_tokens: 115,
      prompt_tokens_details: { cached_tokens: 100 },
    });
    expect(
      (await gemini.completion({ model: "gemini/gemini-2.5-flash", messages })).usage,
    ).toMatchObject({
      prompt_tokens: 110,
      completion_tokens: 25,
      total_tokens: 135,
      prompt_tokens_details: { cached_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 20 },
    });
  });

  test("12. calls streamed side by side under one index stay two (any-llm#1148)", async () => {
    const chunk = (delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const call = (id: string, city: string) =>
      chunk({
        tool_calls: [
          {
            index: 0,
            id,
            type: "function",
            function: { name: "get_ticket_price", arguments: `{"city":"${city}"}` },
          },
        ],
      });
    const { completion } = replying(
      "custom_openai",
      `${call("call_a", "London")}${call("call_b", "Paris")}${chunk({}, "tool_calls")}data: [DONE]\n\n`,
      "text/event-stream",
    );
    const stream = await completion({
      model: "custom_openai/m",
      baseURL: "http://localhost:1/v1",
      messages: [london],
      tools: [getPrice],
      stream: true,
    });
    const { toolCalls } = await stream.final();
    expect(toolCalls).toEqual([
      { id: "call_a", name: "get_ticket_price", args: { city: "London" } },
      { id: "call_b", name: "get_ticket_price", args: { city: "Paris" } },
    ]);
  });

  test("15. a reply begun for a model that takes none is asked for in words, and told (vercel/ai#12296)", async () => {
    const messages: Message[] = [user("A list, please."), { role: "assistant", content: "[1," }];
    const { body, changes } = await explain({ model: "anthropic/claude-sonnet-5-5", messages });
    const [begun, last] = (body.messages as { role: string }[]).slice(-2);
    expect(JSON.stringify(begun)).toContain("[1,");
    expect(last!.role).toBe("user");
    expect(changes).toContainEqual(expect.objectContaining({ action: "emulated" }));
  });

  test("23. Ollama's context is what was asked for (ollama#5902)", async () => {
    const options = { num_ctx: 32_768 };
    const input = { model: "ollama/llama3.2", messages: [user("Hi")], extra_body: { options } };
    const { url, body } = await explain(input);
    expect(url).toMatch(/\/api\/chat$/);
    expect(body.options).toMatchObject(options);
  });

  test("24. Claude gets four cache marks at most (litellm#9949)", async () => {
    const marked = (text: string) => ({
      type: "text" as const,
      text,
      cache_control: { type: "ephemeral" as const },
    });
    const messages: Message[] = [{ role: "user", content: Array.from("abcdef", marked) }];
    const { body, changes } = await explain({ model: "anthropic/claude-haiku-4-5", messages });
    const parts = (body.messages as { content: { text: string; cache_control?: object }[] }[])[0]!;
    const kept = parts.content.filter((part) => part.cache_control).map(({ text }) => text);
    expect(kept).toHaveLength(4);
    expect(kept.at(-1)).toBe("f");
    expect(changes).toContainEqual(expect.objectContaining({ action: "dropped" }));
  });

  test("25. an adapter of one's own needs no more than its pure functions and one call", async () => {
    const { registerProvider, completion } = createClient();
    registerProvider("echo", {
      info: { name: "echo", label: "Echo", baseURL: "http://echo.test", keyOptional: true },
      plan: (request, { connection, model }) => ({
        provider: connection.provider,
        model,
        endpoint: "echo",
        method: "POST",
        path: "/echo",
        headers: {},
        body: { said: request.messages.at(-1)!.content },
        stream: false,
        framing: "sse",
        changes: [],
      }),
      send: (plan, { connection, fetch }) => fetch(connection.baseURL + plan.path),
      parse: (body, { model }) => ({
        id: "1",
        object: "chat.completion",
        created: 0,
        model,
        choices: [
          {
            index: 0,
            finish_reason: "stop",
            message: { role: "assistant", content: (body as { said: string }).said, refusal: null },
            logprobs: null,
          },
        ],
      }),
      decoder: () => ({ decode: () => [], end: () => [], done: true, body: () => undefined }),
      classify: () => new PolycallError("no"),
    });
    const fetch = async (_: unknown, init?: RequestInit) => new Response(init!.body);
    const { text } = await completion({ model: "echo/m", messages: [user("Hi")], fetch });
    expect(text).toBe("Hi");
  });
});
