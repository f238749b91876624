/**
 * What the transport and the event reader cost beside `fetch` and bare node:http, as CPU time of
 * this process: `node bench/transport.ts`. The server runs in another process; rounds alternate.
 */
import { fork } from "node:child_process";
import http from "node:http";
import { EventReader } from "../packages/core/src/framing.ts";
import { transport } from "../packages/core/src/transport/node.ts";

const events = 1000;
const reply = JSON.stringify({ choices: [{ message: { content: "y".repeat(900) } }] });
const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "some twenty-seven character" } }] })}\n\n`;

/** `/` is a reply of 1 kB, `/each` a stream with a write per event, `/burst` one in a single write. */
function serve(): void {
  const server = http.createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.url === "/each") for (let i = 0; i < events; i++) response.write(event);
      if (request.url === "/burst") response.write(event.repeat(events));
      response.end(request.url === "/" ? reply : "data: [DONE]\n\n");
    });
  });
  server.listen(0, "127.0.0.1", () => {
    process.send?.((server.address() as { port: number }).port);
  });
}

type Work = () => Promise<unknown>;

async function bench(): Promise<void> {
  const server = fork(import.meta.filename, ["serve"]);
  const port = await new Promise((resolve) => server.once("message", resolve));
  const base = `http://127.0.0.1:${port}`;
  try {
    await compare("a call, one after another", 1, 500, 1, calls(base));
    await compare("a call, 64 at once", 64, 1920, 1, calls(base));
    await compare("an event, each written alone", 1, 10, events, streams(`${base}/each`));
    await compare("an event, written in one burst", 1, 10, events, streams(`${base}/burst`));
  } finally {
    server.kill();
  }
  process.exit(); // fetch and the bare agent keep their connections.
}

const method = "POST";
const body = JSON.stringify({
  model: "m",
  messages: [{ role: "user", content: "hi ".repeat(99) }],
});
const headers = { "content-type": "application/json", authorization: "Bearer k" };
const timeouts = { connect: 10_000, firstByte: 600_000, idle: 120_000 };
const { signal } = new AbortController();
const agent = new http.Agent({ keepAlive: true });

function bare(url: string): Promise<http.IncomingMessage> {
  return new Promise((resolve) => {
    http.request(url, { method, headers, agent }, resolve).end(body);
  });
}

function calls(base: string): Record<string, Work> {
  const url = `${base}/`;
  return {
    fetch: async () => JSON.parse(await (await fetch(url, { method, headers, body })).text()),
    "node:http": async () => {
      let text = "";
      for await (const piece of (await bare(url)).setEncoding("utf8")) text += piece;
      return JSON.parse(text);
    },
    transport: async () => {
      const response = await transport({ method, url, headers, body, timeouts, signal });
      return JSON.parse(await response.text());
    },
  };
}

function streams(url: string): Record<string, Work> {
  return {
    fetch: async () => minimal((await fetch(url, { method, headers, body })).body!),
    "node:http": async () => minimal(await bare(url)),
    transport: async () => {
      const response = await transport({ method, url, headers, body, timeouts, signal });
      const reader = new EventReader(response, "sse");
      do {
        for (let event = reader.next(); event; event = reader.next()) take(event.data);
      } while (await reader.pull());
    },
  };
}

/** The least that reads an SSE stream of one known shape. */
async function minimal(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    let at = 0;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n", at)) {
      take(text.slice(at + "data: ".length, end));
      at = end + 2;
    }
    text = text.slice(at);
  }
}

function take(data: string): void {
  if (data !== "[DONE]") JSON.parse(data);
}

/** Prints the medians of 9 rounds after 3 to warm up, in us of CPU, and the ratio to the first. */
async function compare(
  what: string,
  atOnce: number,
  times: number,
  units: number,
  works: Record<string, Work>,
): Promise<void> {
  const taken = new Map(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let round = 0; round < 12; round++) {
    for (const [name, work] of Object.entries(works)) {
      const start = process.cpuUsage();
      const worker = async () => {
        for (let i = 0; i < times / atOnce; i++) await work();
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      const { user, system } = process.cpuUsage(start);
      if (round >= 3) taken.get(name)!.push((user + system) / times / units);
    }
  }
  const medians = [...taken].map(([name, all]) => [name, all.sort((a, b) => a - b)[4]!] as const);
  const floor = medians[0]![1];
  for (const [name, us] of medians) {
    console.log(`${what}: ${name} ${us.toFixed(2)} us, ${(us / floor).toFixed(2)} x`);
  }
}

if (process.argv[2] === "serve") serve();
else await bench();
