/** Reply N read by us, the conversation gone on with: request N+1 carries the state that the real API took back. */
import { type Interaction, responseBytes, wireData } from "@polycall/testing";
import { afterAll, describe, expect, test } from "vitest";
import { APIError, type AssistantMessage, type Message } from "../../src/index.ts";
import { client, planned } from "./histories.ts";

type Json = { [key: string]: unknown };

/** Where a recorded host's calls go, by its URL. */
const services: readonly (readonly [url: RegExp, prefix: string])[] = [
  [/openai\.azure\.com/, "azure"],
  [/api\.openai\.com|localhost:8787\/openai/, "openai"],
  [/api\.anthropic\.com/, "anthropic"],
  [/generativelanguage\.googleapis\.com\/.*\/openai\//, "google_openai"],
  [/generativelanguage\.googleapis\.com/, "gemini"],
  [/aiplatform\.googleapis\.com/, "vertex"],
  [/bedrock-mantle/, "bedrock_mantle"],
  [/api\.cerebras\.ai/, "cerebras"],
  [/inference\.crusoecloud\.com/, "crusoe"],
  [/api\.deepseek\.com/, "deepseek"],
  [/api\.groq\.com|localhost:8787\/groq/, "groq"],
  [/inference\.heroku\.com/, "heroku"],
  [/router\.huggingface\.co/, "huggingface"],
  [/api\.mistral\.ai/, "mistral"],
  [/ollama\.com|localhost:11434/, "ollama_openai"],
  [/openrouter\.ai/, "openrouter"],
  [/snowflakecomputing\.com/, "snowflake"],
  [/api\.z\.ai/, "zai"],
];

interface Call {
  name: string;
  provider: string;
  /** As in a request; undefined where polycall does not speak to that endpoint. */
  model?: string;
  interaction: Interaction;
}

function callOf(name: string, interaction: Interaction): Call | undefined {
  const { url, method, body } = interaction.request;
  const [, provider] = services.find(([pattern]) => pattern.test(url)) ?? [];
  if (method !== "POST") return undefined;
  const path = new URL(url).pathname;
  const asked = (body as Json | null)?.model;
  const call = { name, provider: provider ?? new URL(url).host, interaction };
  if (provider && /\/chat\/completions$/.test(path)) {
    return { ...call, model: `${provider}/${provider === "openai" ? "chat/" : ""}${asked}` };
  }
  if (provider && /\/responses$/.test(path))
    return { ...call, model: `${provider}/responses/${asked}` };
  if (provider && /\/v1\/messages$/.test(path)) return { ...call, model: `${provider}/${asked}` };
  const [, google] = /\/models\/([^/:]+):(?:streamG|g)enerateContent$/.exec(path) ?? [];
  if (google) return { ...call, model: `${provider}/${google}` };
  return /converse|\/v2\/chat/.test(path) ? call : undefined;
}

/** Base64 in one alphabet; recorded requests have plain quotes and dashes where replies may not. */
const alike = (text: string) =>
  text
    .normalize("NFKC")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"')
    .replaceAll(/[\u2010-\u2015]/g, "+")
    .replaceAll("...", "\u2026")
    .replaceAll(/[\s=]/g, "");

const opaque =
  /^(signature|thought_?signature|encrypted_content|reasoning_content|reasoning|redactedContent)$/i;

/** What of a request only the model that wrote it can read. */
function secretsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === "string") {
    for (const [, thought] of value.matchAll(/<think>(.+?)<\/think>/gs)) found.add(alike(thought!));
  }
  if (typeof value !== "object" || value === null) return found;
  const { type, data, thinking, text } = value as Json;
  if (type === "redacted_thinking") found.add(alike(String(data)));
  if (type === "thinking" && typeof thinking === "string") found.add(alike(thinking));
  if (type === "thinking" && Array.isArray(thinking)) {
    for (const part of thinking as Json[]) found.add(alike(String(part.text)));
  }
  if (type === "reasoning.text" || type === "reasoning_text") found.add(alike(String(text)));
  for (const [key, inner] of Object.entries(value)) {
    if (opaque.test(key) && typeof inner === "string") found.add(alike(inner));
    secretsIn(inner, found);
  }
  found.delete("");
  return found;
}

async function replyOf({ model, interaction }: Call): Promise<AssistantMessage> {
  const { headers, status } = interaction.response;
  const bytes = responseBytes(interaction.response);
  const type = headers["content-type"] ?? "application/json";
  const fetch = async () => new Response(bytes, { status, headers: { "content-type": type } });
  const messages: Message[] = [{ role: "user", content: "Hi" }];
  const stream = type.includes("event-stream");
  const reply = await client.completion({ model: model!, messages, fetch, stream });
  const { choices } = "final" in reply ? await reply.final() : reply;
  return JSON.parse(JSON.stringify(choices[0]!.message)) as AssistantMessage;
}

interface Continuation {
  name: string;
  first: Call;
  secrets: string[];
}

const data = wireData();
/** Replies that polycall reports as errors: Google's UNEXPECTED_TOOL_CALL, Groq's error in a stream. */
const failed: string[] = [];
const notShown: Record<string, number> = {};
const shown: Record<string, number> = {};
const note = (counts: Record<string, number>, key: string) => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** A reply, and what of it a later recorded request took back, the first time that it did. */
function continuations(): Continuation[] {
  const found: Continuation[] = [];
  for (const file of data?.list() ?? []) {
    const calls = data!
      .read(file)
      .interactions.flatMap((interaction, index) => callOf(`${file}#${index}`, interaction) ?? []);
    const known = new Set<string>();
    for (const [at, later] of calls.entries()) {
      if (later.interaction.response.status >= 300) continue;
      const fresh = [...secretsIn(later.interaction.request.body)].filter((one) => !known.has(one));
      for (const secret of fresh) known.add(secret);
      for (const first of calls.slice(0, at)) {
        const raw = String(first.interaction.response.body ?? "");
        const said = alike(raw.replaceAll(/\\[nrt]/g, "").replaceAll(/\\(.)/g, "$1"));
        const pieces = said.includes("data:") ? secretsInEvents(raw) : said;
        const secrets = fresh.filter((one) => pieces.includes(one.replaceAll("\\", "")));
        if (!secrets.length || first.interaction.response.status >= 300) continue;
        found.push({ name: first.name, first, secrets });
      }
    }
  }
  return found;
}

/** The strings of a stream's events, one after the other: what came in pieces is whole again. */
function secretsInEvents(raw: string): string {
  const strings = (value: unknown): string =>
    typeof value === "string"
      ? value
      : typeof value === "object" && value !== null
        ? Object.entries(value)
            .filter(([key]) =>
              /thinking|signature|content|text|delta|data|reasoning|part|candidates|choices|message|\d|item|summary/i.test(
                key,
              ),
            )
            .map(([, inner]) => strings(inner))
            .join("")
        : "";
  const events = raw.split("\n").filter((line) => line.startsWith("data:") && line.includes("{"));
  return alike(events.map((line) => strings(JSON.parse(line.slice(5)))).join(""));
}

const all = continuations();

describe.skipIf(!data)("recorded conversations", () => {
  afterAll(() => {
    for (const name of failed) note(notShown, `${name}: the reply itself failed`);
    console.log("Continuations whose state comes back:", shown, "not shown:", notShown);
  });

  const spoken = all.filter(({ first }) => first.model);
  for (const { first } of all) if (!first.model) note(notShown, `${first.provider}: no adapter`);

  test.each(spoken)("$name", async ({ first, secrets }) => {
    const message = await replyOf(first).catch((error: unknown) => {
      if (!(error instanceof APIError)) throw error;
      failed.push(first.name.split("#")[0]!);
    });
    if (!message) return;
    const results = (message.tool_calls ?? []).map(
      ({ id }): Message => ({ role: "tool", tool_call_id: id, content: "ok" }),
    );
    const next: Message[] = results.length ? results : [{ role: "user", content: "Go on." }];
    const messages = [{ role: "user" as const, content: "Hi" }, message, ...next];
    const plan = await planned({ model: first.model!, messages });
    const sent = alike(
      JSON.stringify(plan!.body)
        .replaceAll(/\\[nrt]/g, "")
        .replaceAll(/\\(.)/g, "$1"),
    );
    const lost = secrets.filter((one) => !sent.includes(one.replaceAll("\\", "")));
    expect(lost).toEqual([]);
    // What goes out is what was planned.
    let body = "";
    const fetch = async (_: unknown, init?: RequestInit) => {
      body = String(init?.body);
      return Response.json({ error: { message: "no" } }, { status: 401 });
    };
    const call = client.completion({ model: first.model!, messages, fetch });
    await expect(call).rejects.toMatchObject({ status: 401 });
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(plan!.body)));
    note(shown, first.provider);
  });

  test("there are many, of most providers, and two replies that were failures themselves", () => {
    expect(failed.sort()).toEqual([
      "google-vertex/multimodal_tool_return_matrix__tool_return_content-url-image-google_vertex.json",
      "groq/tool_use_failed_error_streaming.json",
    ]);
    expect(spoken.length).toBeGreaterThan(100);
    expect(new Set(spoken.map(({ first }) => first.provider)).size).toBeGreaterThan(9);
  });
});
