/** A to-do planner: the plan comes first, each change of it is an event. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent, planText } from "@polycall/agent";
import { tool } from "polycall";
import * as z from "zod";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["plan", { add: ["Book the room", "Invite the guests"], start: 1 }]),
  call(["book_room", { people: 8 }]),
  call(["plan", { done: [{ id: 1, result: "Room 4" }], start: 2 }]),
  call(["invite", { names: ["Ann", "Ben"] }]),
  call(["plan", { done: [{ id: 2, result: "both come" }] }]),
  "Room 4 is booked, Ann and Ben come.",
]);

const bookRoom = tool({
  name: "book_room",
  description: "Books a room for so many people",
  parameters: z.object({ people: z.number() }),
  execute: ({ people }) => `Room 4, for ${people}`,
});
const invite = tool({
  name: "invite",
  description: "Invites guests by name",
  parameters: z.object({ names: z.array(z.string()) }),
  execute: ({ names }) => `${names.join(" and ")} come`,
});

const planner = agent({ model, client, tools: [bookRoom, invite], plan: "first" });
const stream = planner.stream("Book a room for 8, then invite Ann and Ben.");
for await (const event of stream)
  if (event.type === "plan") console.log(`${planText(event.plan)}\n`);
const run = await stream.final();
console.log(run.output);

assert.equal(run.status, "done");
assert.ok(run.plan.length > 0 && run.plan.every(({ status }) => status === "done"));
await close();
