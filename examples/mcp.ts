/** MCP both ways: this program serves a tool, and starts itself as a server whose tool a model calls. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { mcp, serveMcp } from "@polycall/mcp";
import { type Message, tool } from "polycall";
import * as z from "zod";
import { connect } from "./lib/connect.ts";

if (process.argv[2] === "serve") {
  const price = tool({
    name: "get_ticket_price",
    description: "Price in dollars of a return ticket to a city",
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => ({ London: 799, Paris: 899 })[city] ?? `no flights to ${city}`,
  });
  await serveMcp({ name: "tickets", tools: [price] }).stdio();
} else await ask();

async function ask() {
  // As it would start `npx -y some-server`; Claude Desktop and editors start it with the same two words.
  await using tickets = await mcp({
    name: "tickets",
    command: process.execPath,
    args: [...process.execArgv, import.meta.filename, "serve"],
  });
  const tools = await tickets.tools();
  console.log(tools.map((one) => `${one.function.name}: ${one.function.description}`).join("\n"));

  const { completion, models, close } = await connect();
  const messages: Message[] = [{ role: "user", content: "How much is a ticket to Paris?" }];
  let answer = "";
  for (let step = 0; step < 5 && !answer; step++) {
    const { choices, toolCalls, text } = await completion({ model: models[0], messages, tools });
    messages.push(choices[0]!.message);
    for (const { id, name, args } of toolCalls) {
      const called = tools.find((one) => one.function.name === name)!;
      const result = await called.execute(args, { toolCallId: id });
      console.log(`${name}(${JSON.stringify(args)}) -> ${JSON.stringify(result)}`);
      messages.push({ role: "tool", tool_call_id: id, content: String(result) });
    }
    if (toolCalls.length === 0) answer = text;
  }
  console.log(answer);
  assert.match(answer, /899/);
  await close();
}
