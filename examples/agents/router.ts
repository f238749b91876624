/** A router: a typed answer picks the agent that works. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import * as z from "zod";
import { team } from "../lib/team.ts";

const { model, client, close } = await team([
  '{"topic":"billing"}',
  "Your invoice of May was 12 dollars.",
]);

const router = agent({
  name: "router",
  model,
  client,
  instructions: "Say what the message is about.",
  output: z.object({ topic: z.enum(["billing", "technical", "other"]) }),
});
const desks = {
  billing: agent({
    name: "billing",
    model,
    client,
    instructions: "You answer questions on invoices. May: 12 dollars.",
  }),
  technical: agent({ name: "technical", model, client, instructions: "You mend what is broken." }),
  other: agent({ name: "other", model, client, instructions: "You help as well as you can." }),
};

const message = "What did I pay in May?";
const { output } = await router.run(message);
const run = await desks[output?.topic ?? "other"].run(message);
console.log(`${run.agent}: ${run.output}`);

assert.equal(run.agent, "billing");
assert.match(run.output, /12/);
await close();
