/** MCP both ways: this program serves a tool and an agent, and starts itself as the server whose tools its agent runs. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { agent } from "@polycall/agent";
import { mcp, serveMcp } from "@polycall/mcp";
import { tool } from "polycall";
import * as z from "zod";
import { connect } from "../lib/connect.ts";

const { models, close, ...client } = await connect({ logLevel: "error" });
const [model] = models;

if (process.argv[2] === "serve") {
  const price = tool({
    name: "get_ticket_price",
    description: "Price in dollars of a return ticket to a city",
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => ({ London: 799, Paris: 899 })[city] ?? `no flights to ${city}`,
  });
  const poet = agent({ name: "poet", description: "Writes a verse on a subject", model, client });
  await serveMcp({ name: "tickets", tools: [price], agents: [poet] }).stdio();
} else {
  // As it would start `npx -y some-server`; Claude Desktop and editors start it with the same two words.
  await using tickets = await mcp({
    name: "tickets",
    command: process.execPath,
    args: [...process.execArgv, import.meta.filename, "serve"],
  });
  const tools = await tickets.tools();
  console.log(tools.map((one) => `${one.function.name}: ${one.function.description}`).join("\n"));

  const flights = agent({ model, client, instructions: "You sell plane tickets.", tools });
  const run = await flights.run("How much is a ticket to Paris?");
  for (const { name, args, content } of run.steps.flatMap(({ calls }) => calls)) {
    console.log(`${name}(${JSON.stringify(args)}) -> ${content}`);
  }
  console.log(run.output);

  const poet = tools.find((one) => one.function.name === "tickets__poet")!;
  console.log(await poet.execute({ input: "Tell me a joke about cats." }, { toolCallId: "1" }));

  assert.match(run.output, /899/);
  await close();
}
