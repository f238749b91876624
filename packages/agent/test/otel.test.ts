/** Runs as OpenTelemetry sees them: names, nesting, usage, errors, and what is never written. */
import { context, metrics, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { tool } from "@polycall/core";
import { BAD_KEY } from "@polycall/testing";
import { createClient } from "polycall";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { agent, memoryStore, RunError, steps } from "../src/index.ts";
import { type OtelOptions, otel } from "../src/otel/index.ts";
import { calling, scripted } from "./scripted.ts";

afterEach(() => {
  trace.disable();
  metrics.disable();
  context.disable();
});

function tracing(options: OtelOptions = {}) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const observe = otel({ tracer: provider.getTracer("test"), ...options });
  return { observe, spans: () => exporter.getFinishedSpans() };
}

/** The spans as a tree of names, in the order in which they began. */
function tree(spans: readonly ReadableSpan[], parent?: string): unknown[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === parent)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .map((span) => {
      const inner = tree(spans, span.spanContext().spanId);
      return inner.length ? [span.name, ...inner] : span.name;
    });
}

const named = (spans: readonly ReadableSpan[], name: string) =>
  spans.find((span) => span.name === name)!;

const look = tool({
  name: "look",
  description: "Looks something up",
  parameters: { type: "object", properties: { at: { type: "string" } } },
  execute: async ({ at }: { at?: string }) => `seen ${at}`,
});

const answersOf = (names: readonly string[]) => names.map((name) => ({ text: `${name} is done` }));

test.each([
  ["with", true],
  ["without", false],
])("parallel tools and sub-agents nest, %s a context manager", async (_, managed) => {
  if (managed) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  await using model = await scripted([
    calling(["scout", { input: "north" }], ["look", { at: "home" }], ["scout", { input: "south" }]),
    // The sub-agents ask at once: each is answered by what it was told.
    (turn) =>
      JSON.stringify(turn.messages).includes("north")
        ? { calls: [{ name: "look", args: { at: "n" } }] }
        : { text: "nothing" },
    (turn) =>
      JSON.stringify(turn.messages).includes("north")
        ? { calls: [{ name: "look", args: { at: "n" } }] }
        : { text: "nothing" },
    ...answersOf(["one", "all"]),
  ]);
  const { observe, spans } = tracing();
  const scout = agent({
    name: "scout",
    description: "Looks around",
    model: model.model,
    client: model.client,
    tools: [look],
  });
  const lead = agent({
    name: "lead",
    model: model.model,
    client: model.client,
    tools: [scout.asTool(), look],
    observe,
    store: memoryStore(),
  });
  const run = await lead.run("Look around", { session: "s1" });
  expect(run.status).toBe("done");
  const chat = "chat gpt-4.1-mini";
  const [root] = tree(spans()) as [unknown[]];
  expect(tree(spans())).toHaveLength(1);
  expect(root.slice(0, 2)).toEqual(["invoke_agent lead", chat]);
  expect(root.at(-1)).toBe(chat);
  expect(root.slice(2, -1)).toHaveLength(3);
  expect(root).toContainEqual("execute_tool look");
  expect(root).toContainEqual([
    "execute_tool scout",
    ["invoke_agent scout", chat, "execute_tool look", chat],
  ]);
  expect(root).toContainEqual(["execute_tool scout", ["invoke_agent scout", chat]]);
  expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  for (const { attributes } of spans()) expect(attributes["gen_ai.conversation.id"]).toBe("s1");
});

test("a span of the user's own inside a tool is within the call", async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { observe, spans } = tracing();
  await using model = await scripted([calling(["fetch", {}]), "done"]);
  const fetching = tool({
    name: "fetch",
    parameters: { type: "object" },
    execute: async () => {
      await Promise.resolve();
      return trace.getSpanContext(context.active())?.spanId ?? "none";
    },
  });
  const run = await agent({
    model: model.model,
    client: model.client,
    tools: [fetching],
    observe,
  }).run("go");
  expect(run.steps[0]?.calls[0]?.content).toBe(
    named(spans(), "execute_tool fetch").spanContext().spanId,
  );
});

test("what a call of a model and of a tool say, start to end", async () => {
  await using model = await scripted([calling(["look", { at: "home" }]), "done"]);
  const started: { name: string; attributes: object }[] = [];
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: ({ name, attributes }) =>
          void started.push({ name, attributes: { ...attributes } }),
        onEnd() {},
        forceFlush: async () => {},
        shutdown: async () => {},
      },
      new SimpleSpanProcessor(exporter),
    ],
  });
  const watcher = agent({
    name: "watcher",
    description: "Watches",
    model: "openai/chat/gpt-4.1-mini",
    client: model.client,
    tools: [look],
    temperature: 0.5,
    max_completion_tokens: 100,
    stop: "END",
    observe: otel({ tracer: provider.getTracer("test") }),
  });
  const run = await watcher.run("go");
  expect(started.map(({ name }) => name)).toEqual([
    "invoke_agent watcher",
    "chat gpt-4.1-mini",
    "execute_tool look",
    "chat gpt-4.1-mini",
  ]);
  const [invoke, chat, call] = started.map(({ attributes }) => attributes);
  expect(invoke).toEqual({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "watcher",
    "gen_ai.agent.description": "Watches",
    "gen_ai.request.model": "gpt-4.1-mini",
    "polycall.run.id": run.runId,
  });
  expect(chat).toEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.agent.name": "watcher",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4.1-mini",
    "gen_ai.request.max_tokens": 100,
    "gen_ai.request.temperature": 0.5,
    "gen_ai.request.stop_sequences": ["END"],
  });
  expect(call).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.agent.name": "watcher",
    "gen_ai.tool.name": "look",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.description": "Looks something up",
    "gen_ai.tool.call.id": run.steps[0]?.calls[0]?.toolCallId,
    "polycall.call.id": `${run.runId}:1.0`,
  });
  const spans = exporter.getFinishedSpans();
  const first = spans.find((span) => span.name.startsWith("chat"))!;
  const used = run.steps[0]!.usage!;
  expect(first.kind).toBe(SpanKind.CLIENT);
  expect(first.attributes).toMatchObject({
    "gen_ai.response.model": expect.stringContaining("gpt-4.1-mini"),
    "gen_ai.response.id": expect.stringMatching(/^chatcmpl-/),
    "gen_ai.response.finish_reasons": ["tool_calls"],
    "gen_ai.usage.input_tokens": used.prompt_tokens,
    "gen_ai.usage.output_tokens": used.completion_tokens,
    "polycall.cost.usd": run.steps[0]?.cost,
  });
  for (const { attributes } of spans) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("gen_ai.usage.")) expect(Number.isInteger(value)).toBe(true);
    }
  }
  const whole = named(spans, "invoke_agent watcher");
  expect(whole.kind).toBe(SpanKind.INTERNAL);
  expect(whole.status.code).toBe(SpanStatusCode.UNSET);
  expect(whole.attributes).toMatchObject({
    "polycall.run.status": "done",
    "polycall.cost.usd": run.cost,
    "gen_ai.usage.input_tokens": run.usage.prompt_tokens,
    "gen_ai.usage.output_tokens": run.usage.completion_tokens,
  });
});

test("a streamed call says so, and when its first piece came", async () => {
  await using model = await scripted(["one two three"]);
  const { observe, spans } = tracing();
  await agent({ model: model.model, client: model.client, observe }).stream("go").final();
  const { attributes } = named(spans(), "chat gpt-4.1-mini");
  expect(attributes["gen_ai.request.stream"]).toBe(true);
  const first = attributes["gen_ai.response.time_to_first_chunk"] as number;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(5);
});

test.each([
  ["gemini/gemini-3.5-flash-lite", "gcp.gemini"],
  ["anthropic/claude-haiku-5-5", "anthropic"],
  ["mistral/mistral-small-latest", "mistral_ai"],
  ["xai/grok-4", "x_ai"],
])("%s is the conventions' %s", async (model, provider) => {
  await using sim = await scripted(["done"]);
  const { observe, spans } = tracing();
  await agent({ model, client: sim.client, observe }).run("go");
  const [chat] = spans().filter(
    ({ name }) => name === `chat ${model.slice(model.indexOf("/") + 1)}`,
  );
  expect(chat?.attributes["gen_ai.provider.name"]).toBe(provider);
});

test("content is left out unless it is asked for, also what a tool's error says", async () => {
  const failing = tool({
    name: "look",
    parameters: { type: "object", properties: { at: { type: "string" } } },
    execute: async () => {
      throw new TypeError("No cedar here");
    },
  });
  const asked = async (options: OtelOptions) => {
    await using model = await scripted([
      {
        text: "Let me see",
        reasoning: "hmm beech",
        calls: [{ name: "look", args: { at: "elm" } }],
      },
      "It is an oak",
    ]);
    const { observe, spans } = tracing(options);
    const trees = agent({
      ...{ name: "trees", instructions: "You know willows", tools: [failing] },
      model: model.model,
      client: model.client,
      observe,
    });
    await trees.run("Which birch?");
    return spans();
  };
  const words = /cedar|elm|oak|willow|birch|beech|Let me/;
  const silent = await asked({});
  expect(
    JSON.stringify(silent.map(({ attributes, status, events }) => [attributes, status, events])),
  ).not.toMatch(words);
  const { attributes, status } = named(silent, "execute_tool look");
  expect({ type: attributes["error.type"], status }).toEqual({
    type: "TypeError",
    status: { code: SpanStatusCode.ERROR },
  });

  const telling = await asked({ captureContent: true });
  const chats = telling.filter(({ name }) => name.startsWith("chat"));
  const read = (span: ReadableSpan, key: string) => JSON.parse(span.attributes[key] as string);
  expect(read(chats[0]!, "gen_ai.system_instructions")[0]).toMatchObject({
    type: "text",
    content: expect.stringContaining("You know willows"),
  });
  expect(read(chats[0]!, "gen_ai.input.messages")).toEqual([
    { role: "user", parts: [{ type: "text", content: "Which birch?" }] },
  ]);
  expect(read(chats[0]!, "gen_ai.tool.definitions")).toEqual([{ type: "function", name: "look" }]);
  const [said] = read(chats[0]!, "gen_ai.output.messages");
  expect(said).toMatchObject({ role: "assistant", finish_reason: "tool_calls" });
  expect(said.parts).toContainEqual({ type: "text", content: "Let me see" });
  expect(said.parts).toContainEqual({
    type: "tool_call",
    id: expect.any(String),
    name: "look",
    arguments: { at: "elm" },
  });
  const told = read(chats[1]!, "gen_ai.input.messages").at(-1);
  expect(told).toEqual({
    role: "tool",
    parts: [
      {
        type: "tool_call_response",
        id: expect.any(String),
        response: expect.stringContaining("No cedar here"),
      },
    ],
  });
  const call = named(telling, "execute_tool look");
  expect(read(call, "gen_ai.tool.call.arguments")).toEqual({ at: "elm" });
  expect(call.attributes["gen_ai.tool.call.result"]).toContain("No cedar here");
  expect(read(named(telling, "invoke_agent trees"), "gen_ai.output.messages")[0].parts).toEqual([
    { type: "text", content: "It is an oak" },
  ]);
});

test.each([
  ["true", true],
  ["SPAN_ONLY", true],
  ["false", false],
  ["EVENT_ONLY", false],
  ["", false],
])("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=%s", async (value, wanted) => {
  vi.stubEnv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", value);
  await using model = await scripted(["done"]);
  const { observe, spans } = tracing();
  await agent({ model: model.model, client: model.client, observe }).run("go");
  expect("gen_ai.input.messages" in named(spans(), "chat gpt-4.1-mini").attributes).toBe(wanted);
});

test("a call that the provider refuses: the error's class on the call and on the run, and no key", async () => {
  await using model = await scripted([]);
  const { observe, spans } = tracing({ captureContent: true });
  const secret = "sk-very-secret-0123456789";
  const { providers } = model.sim;
  const client = createClient({ providers, defaults: { maxRetries: 0 }, logLevel: "off" });
  const refused = agent({
    ...{ model: "openai/gpt-4.1-mini", client, observe, apiKey: BAD_KEY },
    headers: { "x-api-token": secret },
    baseURL: `${providers.openai!.baseURL.replace("http://", `http://user:${secret}@`)}`,
  });
  await expect(refused.run("go")).rejects.toBeInstanceOf(RunError);
  const told = JSON.stringify(
    spans().map(({ attributes, status, events, name }) => [name, attributes, status, events]),
  );
  expect(told).not.toContain(secret);
  expect(told).not.toContain(BAD_KEY);
  for (const name of ["chat gpt-4.1-mini", "invoke_agent agent"]) {
    const { status, attributes } = named(spans(), name);
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes["error.type"]).toMatch(/Error$/);
  }
  expect(named(spans(), "chat gpt-4.1-mini").attributes["server.address"]).toBe("127.0.0.1");
});

test("a run that waits, and one that a limit stops, are no errors; a resumed one shows what it does, not what it did", async () => {
  await using model = await scripted([calling(["send", {}]), "sent"]);
  const { observe, spans } = tracing();
  const send = tool({
    name: "send",
    parameters: { type: "object" },
    needsApproval: true,
    execute: () => "ok",
  });
  const helper = agent({ name: "helper", model: model.model, client: model.client, tools: [send] });
  const mailer = agent({
    name: "mailer",
    model: model.model,
    client: model.client,
    tools: [send],
    observe,
  });
  const waiting = await mailer.run("Send it");
  expect(waiting.status).toBe("waiting");
  const before = spans().length;
  expect(tree(spans())).toEqual([["invoke_agent mailer", "chat gpt-4.1-mini"]]);
  expect(spans().map(({ status }) => status.code)).toEqual([
    SpanStatusCode.UNSET,
    SpanStatusCode.UNSET,
  ]);
  expect(named(spans(), "invoke_agent mailer").attributes["polycall.run.status"]).toBe("waiting");
  await mailer.resume(waiting.runId, {
    decisions: { [waiting.pending[0]!.id]: { action: "approve" } },
  });
  expect(tree(spans().slice(before))).toEqual([
    ["invoke_agent mailer", "execute_tool send", "chat gpt-4.1-mini"],
  ]);

  model.sim.script([calling(["helper", { input: "Send it" }])]);
  const boss = agent({
    name: "boss",
    model: model.model,
    client: model.client,
    tools: [helper.asTool()],
    observe,
    stopWhen: [steps(1)],
  });
  const mark = spans().length;
  expect((await boss.run("Go")).steps[0]?.calls[0]?.isError).toBe(true);
  const since = spans().slice(mark);
  expect(named(since, "invoke_agent helper").attributes["polycall.run.status"]).toBe("stopped");
  expect(named(since, "invoke_agent helper").status.code).toBe(SpanStatusCode.UNSET);
  expect(named(since, "invoke_agent boss").attributes["polycall.run.status"]).toBe("stopped");
});

test("a question inside a sub-agent is no error of the call that began it", async () => {
  await using model = await scripted([calling(["helper", { input: "x" }]), calling(["send", {}])]);
  const { observe, spans } = tracing();
  const send = tool({
    name: "send",
    parameters: { type: "object" },
    needsApproval: true,
    execute: () => "ok",
  });
  const helper = agent({ name: "helper", model: model.model, client: model.client, tools: [send] });
  const boss = agent({
    name: "boss",
    model: model.model,
    client: model.client,
    tools: [helper.asTool()],
    observe,
  });
  expect((await boss.run("Go")).status).toBe("waiting");
  expect(tree(spans())).toEqual([
    [
      "invoke_agent boss",
      "chat gpt-4.1-mini",
      ["execute_tool helper", ["invoke_agent helper", "chat gpt-4.1-mini"]],
    ],
  ]);
  for (const { status } of spans()) expect(status.code).toBe(SpanStatusCode.UNSET);
});

test("no SDK is registered: the run is what it is without an observer", async () => {
  await using model = await scripted([calling(["look", { at: "home" }]), "done"]);
  const run = await agent({
    model: model.model,
    client: model.client,
    tools: [look],
    observe: otel(),
  }).run("go");
  expect({
    status: run.status,
    output: run.output,
    calls: run.steps[0]?.calls[0]?.content,
  }).toEqual({ status: "done", output: "done", calls: "seen home" });
});

test("an SDK that is registered after otel() was made is used, with its metrics", async () => {
  const observe = otel();
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: measured,
    exportIntervalMillis: 3_600_000,
  });
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  metrics.setGlobalMeterProvider(provider);
  await using model = await scripted([calling(["look", { at: "home" }]), "done"]);
  const run = await agent({ model: model.model, client: model.client, tools: [look], observe }).run(
    "go",
  );
  expect(exporter.getFinishedSpans()).toHaveLength(4);
  await reader.forceFlush();
  const all = measured
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const points = (name: string) =>
    all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  expect(points("gen_ai.client.inference.usage.input_tokens").map(({ value }) => value)).toEqual([
    run.usage.prompt_tokens,
  ]);
  expect(points("gen_ai.client.inference.usage.output_tokens").map(({ value }) => value)).toEqual([
    run.usage.completion_tokens,
  ]);
  const counts = (name: string) =>
    points(name).map(({ value, attributes }) => [
      (value as { count: number }).count,
      attributes["gen_ai.operation.name"],
    ]);
  expect(counts("gen_ai.client.inference.duration")).toEqual([[2, "chat"]]);
  expect(counts("gen_ai.execute_tool.duration")).toEqual([[1, "execute_tool"]]);
  expect(counts("gen_ai.invoke_agent.duration")).toEqual([[1, "invoke_agent"]]);
});

test("a summary of a long conversation is a call of the model like any other", async () => {
  const reply = (turn: { messages: readonly { text: string }[] }) =>
    turn.messages.at(-1)!.text.includes("about to be removed") ? "They spoke of trees." : "An oak.";
  await using model = await scripted(Array(9).fill(reply));
  const { observe, spans } = tracing();
  const long = Array.from({ length: 40 }, (_, at) => [
    { role: "user" as const, content: `Question ${at}: ${"which tree is it? ".repeat(10)}` },
    { role: "assistant" as const, content: "A beech." },
  ]).flat();
  const run = await agent({
    model: model.model,
    client: model.client,
    observe,
    compaction: { contextWindow: 2000 },
  }).run([...long, { role: "user", content: "And this one?" }]);
  expect(run.output).toBe("An oak.");
  const { length } = model.sim.requests;
  expect(length).toBeGreaterThan(1);
  expect(tree(spans())).toEqual([
    ["invoke_agent agent", ...Array(length).fill("chat gpt-4.1-mini")],
  ]);
  const sum = (name: string) =>
    spans()
      .filter((span) => span.name.startsWith("chat"))
      .reduce((all, { attributes }) => all + (attributes[name] as number), 0);
  expect(sum("gen_ai.usage.input_tokens")).toBe(run.usage.prompt_tokens);
  expect(sum("polycall.cost.usd")).toBeCloseTo(run.cost!, 12);
  expect(await run.toHTML()).toContain("They spoke of trees.");
});
