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
import { afterEach, expect, test } from "vitest";

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

test("nock answers a call, and no byte leaves", async () => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  const message = { role: "assistant", content: "from nock" };
  const choices = [{ index: 0, finish_reason: "stop", message }];
  const scope = nock("https://api.openai.com")
    .post("/v1/chat/completions", { model: "gpt-4.1-mini", messages })
    .matchHeader("authorization", "Bearer k")
    .reply(200, { id: "c", object: "chat.completion", created: 1, model: "m", choices });
  const { completion } = createClient({ providers: { openai: { apiKey: "k" } }, logLevel: "off" });
  const { text } = await completion({ model: "openai/chat/gpt-4.1-mini", messages });
  expect(text).toBe("from nock");
  expect(scope.isDone()).toBe(true);
  nock.enableNetConnect();
});

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
