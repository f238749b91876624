/** What people put around HTTP sees polycall's calls: nock answers them, OpenTelemetry traces them. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SpanKind } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { simulator } from "@polycall/testing";
import nock from "nock";
import { createClient } from "polycall";
import { afterEach, expect, onTestFinished, test } from "vitest";

const messages = [{ role: "user" as const, content: "Tell a joke." }];
const models = [
  "openai/gpt-6-luna",
  "anthropic/claude-haiku-5-5",
  "gemini/gemini-3.5-flash-lite",
  "ollama/llama3.2",
];

afterEach(() => {
  nock.cleanAll();
  nock.restore();
});

const sse = (...events: object[]) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

const ofOpenAI = { id: "c", created: 1, model: "m" };
const ofAnthropic = {
  ...{ id: "msg_1", type: "message", role: "assistant", model: "m", stop_sequence: null },
  usage: { input_tokens: 3, output_tokens: 2 },
};
const fromGemini = (text: string, finishReason?: string) => ({
  candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, finishReason }],
});
const fromOllama = (content: string, done: boolean) => ({
  ...{
    model: "m",
    created_at: "2026-11-25T00:00:00Z",
    done,
    done_reason: done ? "stop" : undefined,
  },
  message: { role: "assistant", content },
});

/** What each provider's own server says, whole and streamed, and how it knows the key. */
const services = [
  {
    model: "openai/chat/gpt-4.1-mini",
    host: "https://api.openai.com",
    key: ["authorization", "Bearer k"],
    paths: ["/v1/chat/completions", "/v1/chat/completions"],
    whole: {
      ...{ ...ofOpenAI, object: "chat.completion" },
      choices: [
        { index: 0, finish_reason: "stop", message: { role: "assistant", content: "from nock" } },
      ],
    },
    streamed: sse(
      ...[{ content: "from " }, { content: "nock" }].map((delta) => ({
        ...{ ...ofOpenAI, object: "chat.completion.chunk" },
        choices: [{ index: 0, delta, finish_reason: null }],
      })),
      {
        ...{ ...ofOpenAI, object: "chat.completion.chunk" },
        choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
      },
    ).concat("data: [DONE]\n\n"),
  },
  {
    model: "anthropic/claude-haiku-5-5",
    host: "https://api.anthropic.com",
    key: ["authorization", "Bearer k"],
    paths: ["/v1/messages", "/v1/messages"],
    whole: {
      ...ofAnthropic,
      stop_reason: "end_turn",
      content: [{ type: "text", text: "from nock" }],
    },
    streamed: sse(
      { type: "message_start", message: { ...ofAnthropic, stop_reason: null, content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "from " } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "nock" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ),
  },
  {
    model: "gemini/gemini-3.5-flash-lite",
    host: "https://generativelanguage.googleapis.com",
    key: ["x-goog-api-key", "k"],
    paths: [
      "/v1beta/models/gemini-3.5-flash-lite:generateContent",
      "/v1beta/models/gemini-3.5-flash-lite:streamGenerateContent?alt=sse",
    ],
    whole: fromGemini("from nock", "STOP"),
    streamed: sse(fromGemini("from "), fromGemini("nock", "STOP")),
  },
  {
    model: "ollama/llama3.2",
    host: "http://127.0.0.1:11434",
    key: ["authorization", "Bearer k"],
    paths: ["/api/chat", "/api/chat"],
    whole: fromOllama("from nock", true),
    streamed: [fromOllama("from ", false), fromOllama("nock", false), fromOllama("", true)]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  },
] as const;

test.each(services)(
  "nock answers $model, whole and streamed, and no byte leaves",
  async (service) => {
    const { model, host, paths, whole, streamed } = service;
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    onTestFinished(() => nock.enableNetConnect());
    const provider = model.split("/")[0]!;
    const { completion } = createClient({
      providers: { [provider]: { apiKey: "k" } },
      logLevel: "off",
    });
    const seen: unknown[] = [];
    const [name, value] = service.key;
    const noted = (body: { messages?: unknown; contents?: unknown }) =>
      seen.push(body.messages ?? body.contents) > 0;
    const scope = nock(host).matchHeader(name, value).post(paths[0], noted).reply(200, whole);
    expect((await completion({ model, messages })).text).toBe("from nock");
    const type = {
      "content-type": provider === "ollama" ? "application/x-ndjson" : "text/event-stream",
    };
    scope.post(paths[1], noted).reply(200, streamed, type);
    const pieces: string[] = [];
    const stream = await completion({ model, messages, stream: true });
    for await (const piece of stream.textStream) pieces.push(piece);
    expect(pieces).toEqual(["from ", "nock"]);
    expect(scope.isDone()).toBe(true);
    expect(JSON.stringify(seen.at(-1))).toContain("Tell a joke.");
  },
);

test("OpenTelemetry's http instrumentation makes a span of every call, streamed or not", async () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const instrumentation = new HttpInstrumentation();
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.enable();
  // Instrumentations patch a module when it is next required.
  createRequire(import.meta.url)("node:http");
  await using server = await simulator();
  const { completion } = createClient({ providers: server.providers, logLevel: "off" });
  for (const model of models) {
    await completion({ model, messages });
    await (await completion({ model, messages, stream: true })).final();
  }
  const spans = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT);
  instrumentation.disable();
  expect(spans.map(({ name }) => name)).toEqual(Array(models.length * 2).fill("POST"));
});

test("OpenTelemetry, set up as its guide says, sees a program that never names node:http", async () => {
  await using server = await simulator();
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const env = { ...process.env, ...server.env };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--import", "./tracing.ts", "program.ts"],
    { cwd, env },
  );
  expect(JSON.parse(stdout)).toEqual(["POST"]);
  expect(server.requests.length).toBe(1);
});
