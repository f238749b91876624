/**
 * What `completion()` costs beside the official SDKs and bare `fetch`, as CPU time of this process:
 * `node bench/completion.ts`. The server runs in another process; rounds alternate; medians.
 */
import { fork } from "node:child_process";
import http from "node:http";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { createClient } from "polycall";

const events = 1000;
const text = "some twenty-seven character";

const chat = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [
    { index: 0, finish_reason: "stop", message: { role: "assistant", content: "y".repeat(700) } },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const message = {
  id: "a",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "y".repeat(700) }],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
};
const generated = {
  candidates: [
    { content: { role: "model", parts: [{ text: "y".repeat(700) }] }, finishReason: "STOP" },
  ],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
  modelVersion: "m",
};

const sse = (event: object, name?: string) =>
  `${name ? `event: ${name}\n` : ""}data: ${JSON.stringify(event)}\n\n`;
const piece = (delta: object, finish_reason: string | null = null) =>
  sse({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });

const streams: Record<string, string> = {
  chat:
    piece({ role: "assistant", content: "" }) +
    piece({ content: text }).repeat(events) +
    piece({}, "stop") +
    "data: [DONE]\n\n",
  messages:
    sse({ type: "message_start", message: { ...message, content: [] } }, "message_start") +
    sse(
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      "content_block_start",
    ) +
    sse(
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      "content_block_delta",
    ).repeat(events) +
    sse({ type: "content_block_stop", index: 0 }, "content_block_stop") +
    sse(
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
      "message_delta",
    ) +
    sse({ type: "message_stop" }, "message_stop"),
  gemini:
    sse({
      candidates: [{ content: { role: "model", parts: [{ text }] } }],
      modelVersion: "m",
    }).repeat(events) + sse(generated),
};

function serve(): void {
  const server = http.createServer((request, response) => {
    request.resume().on("end", () => {
      const url = request.url ?? "";
      const kind = url.includes("messages")
        ? "messages"
        : url.includes("enerateContent")
          ? "gemini"
          : "chat";
      const isStream = request.headers["x-stream"] === "1" || url.includes("stream");
      response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
      if (isStream) return response.end(streams[kind]);
      response.end(JSON.stringify({ chat, messages: message, gemini: generated }[kind]));
    });
  });
  server.listen(0, "127.0.0.1", () => {
    process.send?.((server.address() as { port: number }).port);
  });
}

type Work = () => Promise<unknown>;
const content = "hi ".repeat(99);
const messages = [{ role: "user" as const, content }];

/** The floor: `fetch`, and a reader that looks for "\n\n" and parses. */
async function floorStream(url: string): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify({ messages }),
    headers: { "x-stream": "1" },
  });
  const decoder = new TextDecoder();
  let rest = "";
  let read = 0;
  for await (const bytes of response.body!) {
    rest += decoder.decode(bytes, { stream: true });
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const data = rest.slice(rest.indexOf("data: ") + 6, end);
      rest = rest.slice(end + 2);
      if (data !== "[DONE]" && JSON.parse(data)) read++;
    }
  }
  return read;
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) {
  }
}

async function median(
  work: Record<string, Work>,
  concurrency: number,
  calls: number,
  unit: number,
) {
  const spent: Record<string, number[]> = {};
  for (let round = 0; round < 8; round++) {
    for (const [name, one] of Object.entries(work)) {
      const before = process.cpuUsage();
      for (let i = 0; i < calls; i += concurrency)
        await Promise.all(Array.from({ length: concurrency }, one));
      const { user, system } = process.cpuUsage(before);
      spent[name] ??= [];
      if (round) spent[name].push((user + system) / calls / unit);
    }
  }
  const us = Object.entries(spent).map(
    ([name, list]) => [name, list.sort((a, b) => a - b)[3]!] as const,
  );
  const floor = us[0]![1];
  for (const [name, value] of us)
    console.log(
      `  ${name.padEnd(28)} ${value.toFixed(2).padStart(8)} us  ${(value / floor).toFixed(2)} x`,
    );
}

async function bench(): Promise<void> {
  const server = fork(import.meta.filename, ["serve"]);
  const port = await new Promise((resolve) => server.once("message", resolve));
  const base = `http://127.0.0.1:${port}`;
  const options = { apiKey: "k", baseURL: base, maxRetries: 0 };
  const openai = new OpenAI(options);
  const anthropic = new Anthropic(options);
  const genai = new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: base } });
  const providers = Object.fromEntries(
    ["openai", "anthropic", "gemini"].map((name) => [name, { apiKey: "k", baseURL: base }]),
  );
  const { completion } = createClient({ providers });
  const ask = (model: string) => () => completion({ model, messages });
  const stream = (model: string) => async () =>
    drain(await completion({ model, messages, stream: true, headers: { "x-stream": "1" } }));
  const floor = (path: string) => async () => {
    const response = await fetch(base + path, {
      method: "POST",
      body: JSON.stringify({ messages }),
      headers: { "content-type": "application/json" },
    });
    return response.json();
  };
  const headers = { "x-stream": "1" };

  for (const concurrency of [1, 64]) {
    console.log(`a call, ${concurrency} at once`);
    await median(
      {
        "fetch + JSON.parse": floor("/chat/completions"),
        openai: () => openai.chat.completions.create({ model: "gpt-4.1-mini", messages }),
        "polycall openai/": ask("openai/chat/gpt-4.1-mini"),
        "@anthropic-ai/sdk": () =>
          anthropic.messages.create({ model: "claude-haiku-4-5", max_tokens: 9, messages }),
        "polycall anthropic/": ask("anthropic/claude-haiku-4-5"),
        "@google/genai": () =>
          genai.models.generateContent({ model: "gemini-2.5-flash-lite", contents: content }),
        "polycall gemini/": ask("gemini/gemini-2.5-flash-lite"),
      },
      concurrency,
      512,
      1,
    );
  }
  console.log("a streamed chunk: OpenAI's");
  await median(
    {
      floor: () => floorStream(`${base}/chat/completions`),
      openai: async () =>
        drain(
          await openai.chat.completions.create({ model: "m", messages, stream: true }, { headers }),
        ),
      "polycall openai/": stream("openai/chat/gpt-4.1-mini"),
    },
    1,
    20,
    events,
  );
  console.log("a streamed chunk: Anthropic's");
  await median(
    {
      floor: () => floorStream(`${base}/v1/messages`),
      "@anthropic-ai/sdk": async () =>
        drain(
          await anthropic.messages.create(
            { model: "m", max_tokens: 9, messages, stream: true },
            { headers },
          ),
        ),
      "polycall anthropic/": stream("anthropic/claude-haiku-4-5"),
    },
    1,
    20,
    events,
  );
  console.log("a streamed chunk: Gemini's");
  await median(
    {
      floor: () => floorStream(`${base}/v1beta/models/m:streamGenerateContent`),
      "@google/genai": async () =>
        drain(await genai.models.generateContentStream({ model: "m", contents: content })),
      "polycall gemini/": stream("gemini/gemini-2.5-flash-lite"),
    },
    1,
    20,
    events,
  );
  server.kill();
  process.exit(); // fetch keeps its connections.
}

if (process.argv[2] === "serve") serve();
else await bench();
