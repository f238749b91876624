/** A tool that calls another model: a cheap one drafts, a tool asks a second for its opinion. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import { tool } from "polycall";
import * as z from "zod";
import { connect } from "../lib/connect.ts";
import { call } from "../lib/team.ts";

const { models, simulator, completion, close } = await connect({ logLevel: "error" });
const [first, second = first] = models;
simulator?.script([
  call(["ask_expert", { question: "Is 1009 prime?" }]),
  "Yes: no prime up to 31 divides it.",
  "1009 is prime.",
]);

const askExpert = tool({
  name: "ask_expert",
  description: "Asks an expert on numbers",
  parameters: z.object({ question: z.string() }),
  execute: async ({ question }, { signal }) => {
    const messages = [{ role: "user" as const, content: question }];
    const { text } = await completion({ model: second, messages, signal });
    return text;
  },
});

const clerk = agent({ model: first, client: { completion }, tools: [askExpert] });
const run = await clerk.run("Ask the expert whether 1009 is a prime.");
console.log(run.steps[0]?.calls[0]?.content, "->", run.output);

assert.equal(run.status, "done");
assert.equal(run.steps[0]?.calls[0]?.name, "ask_expert");
await close();
