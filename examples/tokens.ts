/** How many tokens a request has, and a history that is cut to fit: calls and their results stay together. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { ContextWindowExceededError, createClient, type Message } from "polycall";

// No key, no network: both estimate.
const { countTokens, fitMessages } = createClient();
const model = "openai/gpt-6-luna";

const history: Message[] = [{ role: "system", content: "You plan trips. Be brief." }];
for (const city of ["London", "Paris", "Rome", "Lisbon", "Vienna"]) {
  const id = `call_${city}`;
  history.push(
    { role: "user", content: `How much is a return ticket to ${city}?` },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        {
          id,
          type: "function",
          function: { name: "get_price", arguments: JSON.stringify({ city }) },
        },
      ],
    },
    { role: "tool", tool_call_id: id, content: `{"price": 420, "currency": "EUR"}` },
    { role: "assistant", content: `A return ticket to ${city} is 420 euros.` },
  );
}
history.push({ role: "user", content: "Which of them was the cheapest?" });

const { tokens, error } = await countTokens({ model, messages: history });
console.log(
  `${history.length} messages, about ${tokens} tokens, give or take ${Math.round(error * 100)} %`,
);

const limit = 350;
const { messages, dropped } = await fitMessages({ model, messages: history }, { maxTokens: limit });
console.log(`${messages.length} of them fit into ${limit}; left out:`);
for (const { role, content } of dropped) console.log(`  ${role}: ${content ?? "(a call)"}`);

assert.ok(dropped.length > 0 && messages.length + dropped.length === history.length);
assert.equal(messages[0], history[0]); // the system message
assert.equal(messages.at(-1), history.at(-1)); // the question
// Whole turns: no result without its call, no call without its result.
const calls = messages.flatMap((one) => (one.role === "assistant" ? (one.tool_calls ?? []) : []));
const results = messages.filter(({ role }) => role === "tool");
assert.equal(calls.length, results.length);

// What cannot fit is said before anything is sent.
await assert.rejects(
  fitMessages({ model, messages: history }, { maxTokens: 20 }),
  ContextWindowExceededError,
);
