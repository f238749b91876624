/**
 * A run of ten tools in ten steps, per step, beside the Vercel AI SDK's and a loop written by hand over fetch;
 * and how a run of 200 steps grows: `node bench/agent.ts`.
 */
import { agent, steps } from "@polycall/agent";
import { createClient, tool } from "polycall";
import * as z from "zod";
import { type Contenders, measure, median, ratioTable, table } from "./measure.ts";
import { agentPeer } from "./peers.ts";
import { startServer } from "./server.ts";

const input = "hi ".repeat(99);
const server = await startServer();

const tools = Array.from({ length: 10 }, (_, i) =>
  tool({
    name: `tool_${i}`,
    description: `Looks up the thing number ${i} of a city`,
    parameters: z.object({ city: z.string(), n: z.number() }),
    execute: async ({ city, n }) => ({ city, value: n }),
  }),
);

function polycallRun(count: number) {
  const baseURL = `${server.base}/agent/${count}`;
  const client = createClient({
    providers: { openai: { apiKey: "k", baseURL } },
    defaults: { maxRetries: 0 },
    logLevel: "error",
  });
  const made = agent({
    model: "openai/gpt-4.1-mini",
    client,
    tools,
    stopWhen: [steps(count + 2)],
    compaction: { contextWindow: 1_000_000 },
  });
  return async () => {
    const run = await made.run(input);
    if (run.steps.length !== count + 1 || run.output !== "All is done.") throw new Error(run.text);
    return run;
  };
}

/** What any loop must do: send, read, run the tool, send again. */
function byHand(count: number) {
  const wire = tools.map(({ type, function: declared }) => ({ type, function: declared }));
  return async () => {
    const messages: unknown[] = [{ role: "user", content: input }];
    for (;;) {
      const body = JSON.stringify({ model: "gpt-4.1-mini", messages, tools: wire });
      const headers = { "content-type": "application/json", authorization: "Bearer k" };
      const url = `${server.base}/agent/${count}/chat/completions`;
      const response = await fetch(url, { method: "POST", headers, body });
      const { choices } = (await response.json()) as {
        choices: [
          {
            message: {
              tool_calls?: { id: string; function: { name: string; arguments: string } }[];
            };
          },
        ];
      };
      const { message } = choices[0];
      messages.push(message);
      if (!message.tool_calls) return messages;
      for (const { id, function: called } of message.tool_calls) {
        const found = tools.find((one) => one.function.name === called.name)!;
        const result = await found.execute(JSON.parse(called.arguments), { toolCallId: id });
        messages.push({ role: "tool", tool_call_id: id, content: JSON.stringify(result) });
      }
    }
  };
}

const ten = 10;
const peer = await agentPeer(server.base, ten);
const contenders: Contenders = {
  "by hand over fetch": byHand(ten),
  ...(peer && { "Vercel AI SDK": peer }),
  polycall: polycallRun(ten),
};
const rows = await measure(contenders, { atOnce: 1, works: 8, units: ten + 1 });
const official = peer ? "Vercel AI SDK" : "by hand over fetch";
console.log(`\n${ratioTable("a step of a run of ten tools", rows, official)}`);

// What a loop itself adds must not grow with the run: the requests do, for everybody alike.
const lengths = [25, 50, 100, 200];
const added = new Map(lengths.map((length) => [length, { hand: 0, ours: 0 }]));
for (const length of lengths) {
  const [hand, ours] = [byHand(length), polycallRun(length)];
  const taken = { hand: [] as number[], ours: [] as number[] };
  for (let round = -2; round < 7; round++) {
    for (const [name, work] of [
      ["hand", hand],
      ["ours", ours],
    ] as const) {
      const start = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) taken[name].push((user + system) / (length + 1));
    }
  }
  added.set(length, { hand: median(taken.hand), ours: median(taken.ours) });
}
console.log(
  `\n${table(
    ["steps of the run", "by hand, us a step", "polycall, us a step", "added"],
    [...added].map(([length, { hand, ours }]) => [
      String(length),
      hand.toFixed(0),
      ours.toFixed(0),
      (ours - hand).toFixed(0),
    ]),
  )}`,
);
server.stop();
process.exit(); // fetch keeps its connections.
