/** Evaluator and optimiser: one writes, one judges, until the judge is content or the rounds are over. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import * as z from "zod";
import { team } from "../lib/team.ts";

const { model, client, close } = await team([
  "Buy our tea, it is the best tea in the world, truly!",
  '{"good":false,"advice":"No boasting; at most five words."}',
  "Tea that wakes you gently.",
  '{"good":true,"advice":""}',
]);

const writer = agent({
  name: "writer",
  model,
  client,
  instructions: "You write slogans. Give the slogan alone.",
});
const judge = agent({
  name: "judge",
  model,
  client,
  instructions:
    "A good slogan has at most five words and does not boast. Judge it, and say how to better it.",
  output: z.object({ good: z.boolean(), advice: z.string() }),
});

let task = "A slogan for tea.";
let slogan = "";
for (let round = 1; round <= 4; round++) {
  slogan = (await writer.run(task)).output;
  const { output } = await judge.run(slogan);
  console.log(`${round}. ${slogan} ${output?.good ? "Good." : output?.advice}`);
  if (output?.good) break;
  task = `A slogan for tea. Your last one was "${slogan}". ${output?.advice}`;
}

assert.ok(slogan.length > 0);
await close();
