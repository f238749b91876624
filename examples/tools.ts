/** Two tools, a loop by hand: call, run what the model asks for, tell it the results, until it answers. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { type Message, tool } from "polycall";
import * as z from "zod";
import { connect } from "./lib/connect.ts";

const { completion, models, close } = await connect();

const price = tool({
  name: "get_ticket_price",
  description: "Price in dollars of a return ticket to a city",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => ({ London: 799, Paris: 899 })[city] ?? `no flights to ${city}`,
});
const weather = tool({
  name: "get_weather",
  description: "Weather forecast of a city",
  parameters: z.object({ city: z.string(), days: z.number().int().default(1) }),
  execute: ({ city, days }) => `${city}: sun for ${days} day(s)`,
});

const messages: Message[] = [{ role: "user", content: "How much is a ticket to Paris?" }];
let answer = "";
for (let step = 0; step < 5 && !answer; step++) {
  const reply = await completion({ model: models[0], messages, tools: [price, weather] });
  messages.push(reply.choices[0]!.message);
  for (const call of reply.toolCalls) {
    const context = { toolCallId: call.id };
    // `call` is a union: its name says which arguments it has.
    const result =
      call.name === "get_weather"
        ? await weather.execute(call.args, context)
        : await price.execute(call.args, context);
    console.log(`${call.name}(${JSON.stringify(call.args)}) -> ${result}`);
    messages.push({ role: "tool", tool_call_id: call.id, content: String(result) });
  }
  // What does not fit the schema is told to the model, which can mend it.
  for (const { id, message } of reply.invalidToolCalls) {
    messages.push({ role: "tool", tool_call_id: id, content: `Invalid arguments: ${message}` });
  }
  if (!reply.choices[0]?.message.tool_calls?.length) answer = reply.text;
}
console.log(answer);

assert.match(answer, /899/);
await close();
