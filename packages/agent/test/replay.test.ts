/** A run that was kept is a test: its model's turns are said again, over any wire. */
import { tool } from "@polycall/core";
import { replayRun, simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { expect, test } from "vitest";
import * as z from "zod";
import { agent, memoryStore } from "../src/index.ts";
import { calling, scripted } from "./scripted.ts";

const price = tool({
  name: "price",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `${city}: 799`,
});

function team(model: string, client: ReturnType<typeof createClient>) {
  const clerk = agent({ name: "clerk", model, client, tools: [price], instructions: "Clerk." });
  return agent({ name: "lead", model, client, tools: [clerk.asTool()], store: memoryStore() });
}

test("a run of a lead and two clerks at once, recorded on OpenAI, replayed on Anthropic", async () => {
  await using recorded = await scripted([
    calling(["clerk", { input: "Price of London." }], ["clerk", { input: "Price of Paris." }]),
    ...Array.from({ length: 4 }, () => (turn: { messages: { role: string; text: string }[] }) => {
      const city = turn.messages[0]!.text.match(/of (\w+)/)![1]!;
      return turn.messages.length > 1
        ? `${city} is 799.`
        : { calls: [{ name: "price", args: { city } }] };
    }),
    "Both are 799.",
  ]);
  const store = memoryStore();
  const { model, client } = recorded;
  const clerk = agent({ model, client, name: "clerk", tools: [price], instructions: "Clerk." });
  const lead = agent({ model, client, name: "lead", tools: [clerk.asTool()], store });
  const run = await lead.run("How much are London and Paris?");
  const inner = run.steps[0]!.calls.map(async ({ runId }) => ({
    runId: runId!,
    entries: (await store.read(`run/${runId}`)).map(({ data }) => data as object),
  }));
  const kept = JSON.parse(JSON.stringify([run.state, ...(await Promise.all(inner))])) as [
    typeof run.state,
  ];

  await using sim = await simulator();
  sim.script(replayRun(...kept));
  const again = team("anthropic/claude-haiku-5-5", createClient({ providers: sim.providers }));
  const replayed = await again.run("How much are London and Paris?");
  expect(replayed.output).toBe("Both are 799.");
  const contents = (one: typeof run) => one.steps[0]!.calls.map(({ content }) => content);
  expect(contents(replayed as typeof run)).toEqual(contents(run as typeof run));
  expect(sim.requests).toHaveLength(6);
});

test("what the run was never asked is an error that says so", async () => {
  await using recorded = await scripted(["Hello."]);
  const { model, client } = recorded;
  const greeter = agent({ model, client, store: memoryStore() });
  const { state } = await greeter.run("Hi.");
  recorded.sim.script(replayRun(state));
  await expect(greeter.run("Something else.")).rejects.toThrow(
    /no further reply after 1 messages, the last "Something else\."/,
  );
});
