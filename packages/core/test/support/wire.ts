/** A loopback server that gives scripted replies in order, and clients that reach it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type ClientOptions, createClient } from "../../src/index.ts";
import { plain } from "./plain.ts";

export type Reply = (response: ServerResponse, request: IncomingMessage) => unknown;

export interface Seen {
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

export const messages = [{ role: "user" as const, content: "Hello" }];

export function completionOf(content: string, more: object = {}) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "m-served",
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        message: { role: "assistant", content, refusal: null },
        logprobs: null,
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    ...more,
  };
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

export const reply = (content: string, more?: object) => json(200, completionOf(content, more));

export const failing = (status: number, message = "no", headers?: Record<string, string>) =>
  json(status, { error: { message } }, headers);

export const chunk = (content: string, finish_reason: string | null = null) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1_700_000_000,
  model: "m-served",
  choices: [{ index: 0, delta: { content }, finish_reason }],
});

export const sse = (event: unknown) =>
  `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`;

/** Events as one stream; what comes after them is up to `end`. */
export const stream =
  (events: unknown[], end: "close" | "destroy" | "hang" = "close"): Reply =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(events.map(sse).join(""));
    if (end === "close") response.end();
    if (end === "destroy") setTimeout(() => response.destroy(), 20);
  };

/** Serves `replies` in order; every client knows the providers `alpha` and `beta` there. */
export async function wire(replies: Reply[]) {
  const requests: Seen[] = [];
  const closed: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(pieces).toString());
      requests.push({ path: request.url!, headers: request.headers, body });
      response.on("close", () => response.writableFinished || closed.push(request.url!));
      const next = replies[requests.length - 1];
      if (next) next(response, request);
      else failing(418, "the script is over")(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = (options: ClientOptions = {}) =>
    createClient({
      logLevel: "off",
      ...options,
      adapters: { alpha: plain("alpha"), beta: plain("beta"), ...options.adapters },
      providers: {
        alpha: { apiKey: "key-alpha", baseURL: `${url}/alpha` },
        beta: { apiKey: "key-beta", baseURL: `${url}/beta` },
        ...options.providers,
      },
    });
  return { url, requests, closed, client };
}
