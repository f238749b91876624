/** Sub-agents at once: their results joined, their costs added up, one budget above them. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent, steps, tokensAbove } from "@polycall/agent";
import { call, team } from "../lib/team.ts";

const cities = ["Oslo", "Rome", "Lima"];
const { model, client, close } = await team([
  call(...cities.map((city): [string, object] => ["guide", { input: city }])),
  ...cities.map(
    () =>
      ({ messages }: { messages: { text: string }[] }) =>
        `${messages[0]!.text}: see the harbour.`,
  ),
  "Three harbours await you.",
]);

const guide = agent({
  name: "guide",
  description: "Names the best sight of one city",
  model,
  client,
  max_tokens: 400,
  instructions: "Name the best sight of the city in a sentence.",
});
const agency = agent({
  name: "agency",
  model,
  client,
  max_tokens: 400,
  instructions: "Ask a guide for each city, all at once, then sum up.",
  tools: [guide.asTool()],
  stopWhen: [steps(10), tokensAbove(20_000)],
});

const run = await agency.run(`What is there to see in ${cities.join(", ")}?`);
for (const { args, content, spent } of run.steps[0]!.calls) console.log(args, content, spent);
console.log(run.output, run.usage, run.cost);

assert.equal(run.steps[0]!.calls.length, 3);
assert.ok(run.usage.total_tokens <= 20_000);
await close();
