/** A hand-off: another agent takes over the conversation, with its own instructions and tools. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["transfer_to_refunds", {}]),
  "I am sorry that it was late. Your 40 dollars are on their way.",
]);

const refunds = agent({
  name: "refunds",
  description: "Gives money back",
  model,
  client,
  instructions: "You handle refunds. Grant them, with a word of regret.",
});
const front = agent({
  name: "front",
  model,
  client,
  instructions: "You greet customers and hand each over to whoever can help.",
  handoffs: [refunds],
});

const stream = front.stream("My train was late, I want my 40 dollars back.");
for await (const event of stream) {
  if (event.type === "hand_off") console.log(`${event.from} -> ${event.to}`);
}
const run = await stream.final();
console.log(run.output);

assert.deepEqual([...new Set(run.steps.map((step) => step.agent))], ["front", "refunds"]);
await close();
