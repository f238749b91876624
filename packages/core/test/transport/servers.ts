/** Loopback servers for the transport's tests: raw sockets that answer, or misbehave, as told. */
import net from "node:net";
import tls from "node:tls";
import { onTestFinished } from "vitest";
import type { TransportRequest } from "../../src/transport/types.ts";
import { cert, key } from "./certificate.ts";

export interface Server {
  url: string;
  port: number;
  /** Connections open now. */
  open: Set<net.Socket>;
  /** Connections taken so far. */
  connections(): number;
  /** The requests as they came in, one text each. */
  requests: string[];
}

/** Answers one request on its socket; `index` counts the server's requests from 0. */
export type Answer = (socket: net.Socket, index: number, request: string) => void;

/** A server of plain TCP: it takes what one read gives for one request. */
export function serve(answer: Answer, host = "127.0.0.1"): Promise<Server> {
  return start(net.createServer(), "connection", "http", answer, host);
}

/** The same over TLS, on localhost. */
export function serveTls(answer: Answer, certificate = cert): Promise<Server> {
  const server = tls.createServer({ key, cert: certificate });
  return start(server, "secureConnection", "https", answer, "127.0.0.1");
}

async function start(
  server: net.Server,
  event: string,
  scheme: string,
  answer: Answer,
  host: string,
): Promise<Server> {
  const open = new Set<net.Socket>();
  const requests: string[] = [];
  let connections = 0;
  server.on(event, (socket: net.Socket) => {
    connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      requests.push(bytes.toString());
      answer(socket, requests.length - 1, bytes.toString());
    });
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  const name = scheme === "https" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return {
    url: `${scheme}://${name}:${port}/`,
    port,
    open,
    requests,
    connections: () => connections,
  };
}

/** A whole reply in HTTP's words. */
export function reply(body: string | Uint8Array, headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ "content-length": `${bytes.length}`, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n`), bytes]);
}

/** The head of a chunked reply. */
export function chunkedHead(headers: Record<string, string> = {}): string {
  const lines = Object.entries({ "transfer-encoding": "chunked", ...headers });
  return `HTTP/1.1 200 OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** One chunk of a chunked reply; an empty one ends it. */
export function chunk(body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ]);
}

/** A GET without timeouts, with what a test adds. */
export function get(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  return { method: "GET", url, headers: {}, timeouts: {}, ...more };
}

/** Waits until something is so. */
export async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setTimeout(resolve, 2));
}
