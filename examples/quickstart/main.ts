/** One program, five providers: the model string is all that changes. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { tool } from "polycall";
import * as z from "zod";
import { connect } from "../lib/connect.ts";

const { completion, models, who, close } = await connect();
const messages = [{ role: "user" as const, content: "Tell a short joke about cats." }];
console.log(`Answered by ${who}.\n`);

// The same request to each model.
for (const model of models) {
  const { text, usage } = await completion({ model, messages });
  console.log(`${model}\n  ${text.trim()}  [${usage?.total_tokens} tokens]\n`);
  assert.ok(text);
}

// Streamed.
const [model] = models;
process.stdout.write(`${model}, streamed\n  `);
const stream = await completion({ model, messages, stream: true });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
console.log("\n");
assert.ok((await stream.final()).text);

// A typed tool: zod describes and checks the arguments, TypeScript knows them.
const prices: Record<string, number> = { London: 799, Paris: 899, Tokyo: 1400 };
const getPrice = tool({
  name: "get_ticket_price",
  description: "Price in dollars of a return ticket to a city",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => prices[city] ?? "unknown",
});
const question = { role: "user" as const, content: "How much is a ticket to London?" };
const asked = await completion({ model, messages: [question], tools: [getPrice] });
const [call] = asked.toolCalls;
assert.ok(call, "the model called no tool");
const result = await getPrice.execute(call.args, { toolCallId: call.id });
const told = { role: "tool" as const, tool_call_id: call.id, content: String(result) };
const answer = await completion({
  model,
  messages: [question, asked.choices[0]!.message, told],
  tools: [getPrice],
});
console.log(`${model}, with a tool\n  ${call.name}(${JSON.stringify(call.args)}) -> ${result}`);
console.log(`  ${answer.text.trim()}\n`);
assert.equal(result, 799);

// A typed object: the schema goes to the provider, the reply comes back checked.
const joke = z.object({ setup: z.string(), punchline: z.string() });
const { parsed } = await completion({ model, messages, response_format: joke });
console.log(`${model}, as an object\n  `, parsed);
assert.ok(parsed.setup && parsed.punchline);

await close();
