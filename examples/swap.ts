/** Before the model string is changed: what would be lost, what would change, what it would cost. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { checkSwap, type Message, tool } from "polycall";
import * as z from "zod";

// No key, no network: both requests are planned, none is sent.
const request = {
  messages: [{ role: "user", content: "How much is a ticket to London?" }] satisfies Message[],
  temperature: 0.2,
  seed: 7,
  tools: [
    tool({
      name: "price",
      description: "Price of a return ticket to a city",
      parameters: z.object({ city: z.string() }),
      execute: ({ city }) => `${city}: 799 dollars`,
    }),
  ],
};
const from = "gemini/gemini-2.5-flash-lite";
// What a reply of today's model took: `reply.usage`.
const usage = { prompt_tokens: 12_000, completion_tokens: 400, total_tokens: 12_400 };

for (const to of ["openai/gpt-6-luna", "anthropic/claude-sonnet-5-5"]) {
  const swap = await checkSwap(request, from, to, { usage });
  console.log(`\n${from} -> ${to}: ${swap.works ? "works" : "does not work"}`);
  for (const { param, reason } of swap.refused) console.log(`  refused: ${param}: ${reason}`);
  for (const { param, reason } of swap.lost) console.log(`  lost: ${param}: ${reason}`);
  for (const { param, to, reason } of swap.changed) console.log(`  ${param} -> ${to}: ${reason}`);
  for (const { fact, from, to } of swap.facts) console.log(`  ${fact}: ${from} -> ${to}`);
  console.log(`  a call like yours: $${swap.cost.from} -> $${swap.cost.to}`);
  assert.ok(swap.works);
}

// Claude Sonnet 5.5 chooses its sampling itself, and no Claude takes a seed.
const { lost, cost } = await checkSwap(request, from, "anthropic/claude-sonnet-5-5", { usage });
assert.deepEqual(lost.map(({ param }) => param).sort(), ["seed", "temperature"]);
// 12,000 x $2 + 400 x $10 per million
assert.equal(cost.to, 0.028);

// Three choices in one reply are a meaning: what cannot be had is said before anything is sent.
const three = await checkSwap({ ...request, n: 3 }, from, "anthropic/claude-sonnet-5-5");
console.log(`\nWith n: 3, it ${three.works ? "works" : `does not: ${three.refused[0]?.reason}`}`);
assert.ok(!three.works);
