/** The loop on the four wire formats: the same agent, another model string. */
import { tool } from "@polycall/core";
import { simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { expect, test } from "vitest";
import * as z from "zod";
import { agent } from "../src/index.ts";

const prices: { [city: string]: number } = { London: 799, Paris: 899 };
const getPrice = tool({
  name: "get_ticket_price",
  description: "Price of a return ticket to a city",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, dollars: prices[city] }),
});

const models = [
  "openai/gpt-6-luna",
  "openai/responses/gpt-6-luna",
  "anthropic/claude-haiku-5-5",
  "gemini/gemini-3.5-flash-lite",
  "ollama/llama3.2",
];

test.each(
  models.flatMap(
    (model) =>
      [
        [model, "run"],
        [model, "stream"],
      ] as const,
  ),
)("%s: calls two tools at once, then answers (%s)", async (model, way) => {
  await using sim = await simulator();
  sim.script([
    {
      calls: [
        { name: "get_ticket_price", args: { city: "London" } },
        { name: "get_ticket_price", args: { city: "Paris" } },
      ],
    },
    (turn) =>
      `Told: ${turn.messages
        .filter(({ role }) => role === "tool")
        .map(({ text }) => text)
        .join(" and ")}`,
  ]);
  const flights = agent({
    model,
    tools: [getPrice],
    client: createClient({ providers: sim.providers }),
  });
  const question = "How much are London and Paris?";
  let said = "";
  const streamed = async () => {
    const stream = flights.stream(question);
    for await (const event of stream) if (event.type === "text") said += event.delta;
    return stream.final();
  };
  const run = await (way === "run" ? flights.run(question) : streamed());
  if (way === "stream") expect(said).toBe(run.output);
  expect(run.status).toBe("done");
  expect(run.output).toContain("799");
  expect(run.output).toContain("899");
  expect(run.steps).toHaveLength(2);
  expect(run.steps[0]?.calls.map(({ args, content }) => [args, content])).toEqual([
    [{ city: "London" }, '{"city":"London","dollars":799}'],
    [{ city: "Paris" }, '{"city":"Paris","dollars":899}'],
  ]);
  expect(run.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "tool",
    "tool",
    "assistant",
  ]);
});
