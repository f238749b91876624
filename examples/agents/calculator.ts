/** A calculator: the model writes the sum, a tool without `eval` works it out. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import { calculatorTool } from "@polycall/agent/tools";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["calculate", { expression: "(1234 * 5678) / 2" }]),
  "It is 3503326.",
]);

const calculator = agent({
  model,
  client,
  instructions: "Work out every sum with the tool, never in your head.",
  tools: [calculatorTool()],
});
const run = await calculator.run("What is half of 1234 times 5678?");
console.log(run.output);

assert.match(run.output.replace(/[,.\s]/g, ""), /3503326/);
await close();
