/** A tool that changes a page: it tells the user interface, which reads the run's events. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { type AgentContext, agent } from "@polycall/agent";
import { tool } from "polycall";
import * as z from "zod";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["set_page_color", { color: "darkblue" }]),
  "The page is dark blue now.",
]);

const setColor = tool({
  name: "set_page_color",
  description: "Changes the background of the user's page to a CSS color",
  parameters: z.object({ color: z.string() }),
  execute: ({ color }, { emit }: AgentContext) => {
    emit("page", { background: color });
    return "done";
  },
});

const page = { background: "white" };
const helper = agent({ model, client, tools: [setColor] });
const stream = helper.stream("Make my page dark blue.");
for await (const event of stream) {
  if (event.type === "text") process.stdout.write(event.delta);
  if (event.type === "data" && event.name === "page") Object.assign(page, event.data);
}
console.log("\n", page);

assert.notEqual(page.background, "white");
await close();
