/**
 * 200 streams open at once, each client in a process of its own: CPU, and the most memory it held.
 * `node bench/many.ts`.
 */
import { execFileSync } from "node:child_process";
import { type Client, floor, official, officials, polycall } from "./clients.ts";
import { median, table } from "./measure.ts";
import { startServer } from "./server.ts";
import { chunks } from "./wire.ts";

const streams = 200;
const rounds = 7;
const reader = "fetch + a minimal reader";
const keeper = "the same, keeping the text";
const names = [reader, keeper, officials.chat, "polycall"];

interface Measured {
  us: number;
  peakMB: number;
  seconds: number;
}

async function clientOf(name: string, base: string): Promise<Client> {
  if (name === "polycall") return polycall(base, "chat");
  return name === officials.chat ? official(base, "chat") : floor(base, "chat", name === keeper);
}

/** In the child: all streams twice, so that what is measured is not the warming up. */
async function one(name: string, base: string): Promise<Measured> {
  const client = await clientOf(name, base);
  const all = () => Promise.all(Array.from({ length: streams }, () => client.stream()));
  await all();
  const start = performance.now();
  const before = process.cpuUsage();
  await all();
  const { user, system } = process.cpuUsage(before);
  const us = (user + system) / streams / chunks;
  const peakMB = process.resourceUsage().maxRSS / 1024;
  return { us, peakMB, seconds: (performance.now() - start) / 1000 };
}

async function compare(): Promise<void> {
  const server = await startServer();
  const seen = new Map<string, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const node = [import.meta.filename, name, `${server.base}/slow`];
      const out = execFileSync(process.execPath, node, { encoding: "utf8" });
      seen.get(name)!.push(JSON.parse(out) as Measured);
    }
  }
  server.stop();
  const of = (name: string, key: keyof Measured) => median(seen.get(name)!.map((one) => one[key]));
  const rows = names.map((name) => [
    name,
    of(name, "us").toFixed(2),
    of(name, "seconds").toFixed(2),
    of(name, "peakMB").toFixed(0),
    ...[reader, keeper].map((floor) => (of(name, "peakMB") / of(floor, "peakMB")).toFixed(2)),
  ]);
  const what = "200 streams of 1000 chunks";
  const head = [what, "us a chunk", "s", "peak RSS, MB", "x floor", "x floor, text kept"];
  console.log(`\n${table(head, rows)}`);
}

const [name, base] = process.argv.slice(2);
if (name) {
  console.log(JSON.stringify(await one(name, base!)));
  process.exit(); // fetch keeps its connections.
} else await compare();
