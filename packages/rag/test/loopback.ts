/** A database on loopback: routes that keep data, each request held to the keys that we know. */
import { once } from "node:events";
import { createServer } from "node:http";

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is anything.
export type Json = any;

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: NodeJS.Dict<string | string[]>;
  body: Json;
  /** Headers of the reply, to be added to. */
  reply: Record<string, string>;
}

/** Answered with its status. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws Refusal where there is a key that the vendor does not know, or one is missing that it needs */
export function shaped(
  value: Json,
  required: readonly string[],
  optional: readonly string[] = [],
): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Refusal(400, `no object: ${JSON.stringify(value)}`);
  for (const key of required) if (value[key] === undefined) throw new Refusal(400, `no ${key}`);
  for (const key of Object.keys(value)) {
    if (!required.includes(key) && !optional.includes(key))
      throw new Refusal(400, `unknown ${key}`);
  }
  return value;
}

export interface Loopback {
  url: string;
  stop(): Promise<void>;
}

export async function serve(answer: (asked: Asked) => Json): Promise<Loopback> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { pathname, searchParams } = new URL(request.url!, "http://x");
    let [status, reply]: [number, Json] = [200, {}];
    const replied = { "content-type": "application/json" };
    try {
      const lines = request.headers["content-type"] === "application/x-ndjson";
      const body = lines
        ? text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line))
        : text && JSON.parse(text);
      const path = decodeURIComponent(pathname);
      reply = answer({
        method: request.method!,
        path,
        query: searchParams,
        headers: request.headers,
        body,
        reply: replied,
      });
    } catch (error) {
      status = error instanceof Refusal ? error.status : 500;
      reply = { error: String(error) };
    }
    response.writeHead(status, replied);
    response.end(JSON.stringify(reply));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
