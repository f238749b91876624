/** A sub-agent: it sees what it is given, and its answer is the result of a call. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import { call, team } from "../lib/team.ts";

const { model, client, close } = await team([
  call(["translator", { input: "Good morning" }]),
  "Guten Morgen",
  'In German one says "Guten Morgen".',
]);

const translator = agent({
  name: "translator",
  description: "Translates a text into German, and gives the translation alone",
  model,
  client,
  instructions: "Translate into German. Answer with the translation alone.",
});
const teacher = agent({
  name: "teacher",
  model,
  client,
  instructions: "You teach German. Have the translator translate.",
  tools: [translator.asTool()],
});

const run = await teacher.run("How does one say good morning?");
const [inner] = run.steps[0]?.calls ?? [];
console.log(`${inner?.name}: ${inner?.content}\nteacher: ${run.output}`);

assert.equal(inner?.name, "translator");
assert.match(run.output, /Morgen/);
await close();
