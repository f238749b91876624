/** A booking assistant: what is dear is asked about, in another process if need be; the card is charged once. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { type AgentContext, agent, memoryStore } from "@polycall/agent";
import { tool } from "polycall";
import * as z from "zod";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["find_flight", { city: "Tokyo" }]),
  call(["book_flight", { flight: "JL44", dollars: 1400 }]),
  "JL44 to Tokyo is booked for $1400.",
]);

/** The bank: one charge for a key, however often it is asked. */
const charges = new Map<string, number>();

const findFlight = tool({
  name: "find_flight",
  description: "Finds a flight to a city",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, flight: "JL44", dollars: 1400 }),
});
const bookFlight = tool({
  name: "book_flight",
  description: "Books a flight and charges the card",
  parameters: z.object({ flight: z.string(), dollars: z.number() }),
  needsApproval: ({ dollars }) => dollars > 500,
  execute: ({ flight, dollars }, { idempotencyKey }: AgentContext) => {
    charges.set(idempotencyKey, dollars);
    return `${flight} is booked`;
  },
});

const store = memoryStore(); // sqliteStore("runs.sqlite") outlives the process
const desk = agent({ name: "desk", model, client, tools: [findFlight, bookFlight], store });
const run = await desk.run("Book the flight to Tokyo.");
console.log(run.status, run.pending[0]?.message);
assert.equal(run.status, "waiting");
assert.equal(charges.size, 0);

// Whoever answers needs the ids, and the store.
const { runId, pending } = run;
const done = await desk.resume(runId, { decisions: { [pending[0]!.id]: { action: "approve" } } });
console.log(done.output, done.ledger);
assert.equal(done.status, "done");
assert.deepEqual([...charges.values()], [1400]);
await close();
