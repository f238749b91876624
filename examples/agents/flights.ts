/** The same flight assistant on every model: the string changes, nothing else. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent, costAbove, steps } from "@polycall/agent";
import { tool } from "polycall";
import * as z from "zod";
import { connect } from "../lib/connect.ts";

const { models, close, ...client } = await connect({ logLevel: "error" });

const getPrice = tool({
  name: "get_ticket_price",
  description: "Price in dollars of a return ticket to a city",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => ({ London: 799, Paris: 899 })[city] ?? `no flights to ${city}`,
});

for (const model of models) {
  const flights = agent({
    model,
    client,
    instructions: "You sell plane tickets. Be brief.",
    tools: [getPrice],
    stopWhen: [steps(5), costAbove(0.05)],
  });
  const run = await flights.run("How much is a ticket to London and to Paris?");
  console.log(`${model}: ${run.output} (${run.steps.length} steps, $${run.cost ?? "?"})`);
  assert.equal(run.status, "done");
  assert.match(run.output, /799[\s\S]*899/);
}
await close();
