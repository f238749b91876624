/** A research agent: a lead that plans, researchers that work at once, one budget for all of them. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent, costAbove, steps } from "@polycall/agent";
import { tool } from "polycall";
import * as z from "zod";
import { call, team } from "../lib/team.ts";

const topics = ["heat pumps", "solar panels", "insulation"];
const { model, client, close } = await team([
  call(
    ...topics.map((topic): [string, object] => [
      "researcher",
      { input: `Find facts on ${topic}.` },
    ]),
  ),
  ...Array.from(
    { length: 6 },
    () =>
      ({ messages }: { messages: { role: string; text: string }[] }) => {
        const topic = topics.find((one) => messages[0]!.text.includes(one))!;
        const read = messages.find(({ role }) => role === "tool")?.text;
        return read ? `On ${topic}: ${read}` : call(["library", { query: topic }]);
      },
  ),
  "Start with insulation, then solar panels, then a heat pump.",
]);

const facts: { [topic: string]: string } = {
  "heat pumps": "they give three times the heat that they take in power",
  "solar panels": "they pay for themselves in nine years",
  insulation: "it saves a third of the heat",
};
const library = tool({
  name: "library",
  description: "Looks a subject up: heat pumps, solar panels, insulation",
  parameters: z.object({ query: z.string() }),
  execute: ({ query }) => facts[query.toLowerCase()] ?? "nothing found",
});

const researcher = agent({
  name: "researcher",
  description: "Researches one subject and reports in a sentence",
  model,
  client,
  tools: [library],
  stopWhen: [steps(4)],
});
const lead = agent({
  name: "lead",
  model,
  client,
  max_tokens: 2000,
  instructions: "Give each subject to a researcher of its own, all at once. Then write the advice.",
  tools: [researcher.asTool()],
  stopWhen: [steps(30), costAbove(0.5)],
});

const run = await lead.run(`What should I do first: ${topics.join(", ")}?`);
for (const { name, content, spent } of run.steps.flatMap(({ calls }) => calls)) {
  console.log(`${name}: ${content} (${spent?.steps} steps, $${spent?.cost})`);
}
console.log(run.output, run.cost);

assert.equal(run.status, "done");
assert.ok(run.steps[0]!.calls.length >= 2, "the researchers work at once");
assert.ok((run.cost ?? 0) < 0.5);
await close();
