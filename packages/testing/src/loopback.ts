/** Starting and stopping an HTTP server on 127.0.0.1. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that is listening. */
export interface Loopback {
  url: string;
  /** Stops listening and breaks every open connection. */
  close(): Promise<void>;
}

const MAX_BODY = 256 * 1024 * 1024;

/** The whole body of a request. @throws Error beyond 256 MiB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new Error(`The request body exceeds ${MAX_BODY} bytes.`);
  }
  return Buffer.concat(parts);
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Listens on 127.0.0.1. @throws the listening error, e.g. when the port is taken */
export async function listen(listener: RequestListener, port = 0): Promise<Loopback> {
  const server = createServer(listener);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => stop(server) };
}
