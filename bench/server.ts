/**
 * The mock server, in a process of its own: `startServer()`. Under /real it answers with JSON; a
 * stream comes in one burst, under /slow in 50 pieces, so that many streams are open at once.
 */
import { fork } from "node:child_process";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { chunks, type Protocol, reply, streams } from "./wire.ts";

function protocolOf(url: string): Protocol {
  if (url.includes("messages")) return "messages";
  return url.includes("enerateContent") ? "gemini" : "chat";
}

async function slowly(response: http.ServerResponse, protocol: Protocol): Promise<void> {
  const { head, event, end } = streams[protocol];
  response.write(head);
  for (let piece = 0; piece < 50; piece++) {
    response.write(event.repeat(chunks / 50));
    await sleep(20);
  }
  response.end(end);
}

/** The next turn of a run of so many steps: a call of the tool whose turn it is, in the end an answer. */
function turn(sent: string, steps: number): string {
  const done = sent.split('"role":"tool"').length - 1;
  const called = {
    id: `call_${done}`,
    type: "function",
    function: { name: `tool_${done % 10}`, arguments: `{"city":"London","n":${done}}` },
  };
  const over = done >= steps;
  const message = over
    ? { role: "assistant", content: "All is done." }
    : { role: "assistant", content: null, tool_calls: [called] };
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-4.1-mini",
    choices: [{ index: 0, message, finish_reason: over ? "stop" : "tool_calls" }],
    usage: { prompt_tokens: 500 + 60 * done, completion_tokens: 20, total_tokens: 520 + 60 * done },
  });
}

function serve(): void {
  const bursts = new Map<Protocol, string>();
  for (const protocol of ["chat", "messages", "gemini"] as const) {
    const { head, event, end } = streams[protocol];
    bursts.set(protocol, head + event.repeat(chunks) + end);
  }
  const server = http.createServer((request, response) => {
    let sent = "";
    request.setEncoding("latin1");
    request.on("data", (piece: string) => {
      sent += piece;
    });
    request.on("end", () => {
      const url = request.url ?? "";
      const protocol = protocolOf(url);
      if (url.includes("stream") || /"stream": ?true/.test(sent)) {
        response.setHeader("content-type", "text/event-stream");
        if (url.startsWith("/slow")) void slowly(response, protocol);
        else response.end(bursts.get(protocol));
        return;
      }
      response.setHeader("content-type", "application/json");
      if (url.startsWith("/agent")) response.end(turn(sent, Number(url.split("/")[2])));
      else response.end(reply(protocol, url.startsWith("/real")));
    });
  });
  server.keepAliveTimeout = 0; // On a busy machine a contender waits longer than that for its turn.
  server.listen(0, "127.0.0.1", 511, () => {
    process.send?.((server.address() as { port: number }).port);
  });
}

/** Starts it. @returns its address, without a slash at the end, and how to stop it */
export async function startServer(): Promise<{ base: string; stop(): void }> {
  const server = fork(import.meta.filename, ["serve"]);
  const port = await new Promise((resolve) => server.once("message", resolve));
  return { base: `http://127.0.0.1:${port}`, stop: () => server.kill() };
}

if (process.argv[2] === "serve") serve();
