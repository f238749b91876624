/** One conversation, three turns, two models: A thinks, B goes on, and A still has what it thought. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import type { Message } from "polycall";
import { connect } from "./lib/connect.ts";

const { who, models, completion, explain, close } = await connect();
console.log(`Answers come from ${who}.\n`);
// Claude and Gemini give their thought to be kept, signed; OpenAI gives it on /responses, encrypted.
const signs = models.find((model) => /^(?:anthropic|gemini)\//.test(model));
const a = signs ?? models[0].replace(/^openai\//, "openai/responses/");
const b = models.find((model) => model !== signs) ?? a;
const effort = { reasoning_effort: "high" } as const;

let messages: Message[] = [
  { role: "user", content: "I have 23 apples and eat 4 a day. How many are left after 3 days?" },
];
const say = (content: string) => messages.push({ role: "user", content });

/** Whatever stands under these names is between a model and its provider: signed or encrypted thought. */
const opaque = /"(?:signature|thoughtSignature|encrypted_content|data)":"([^"]{16,})"/g;
const stateIn = (value: unknown) =>
  [...JSON.stringify(value).matchAll(opaque)].map((match) => match[1]!);

const first = await completion({ model: a, messages, ...effort });
console.log(`${a}: ${first.text}`);
messages.push(first.choices[0]!.message);
const thought = stateIn(messages);

// Kept as JSON anywhere, a conversation loses nothing.
messages = JSON.parse(JSON.stringify(messages)) as Message[];

say("And after five?");
const second = await completion({ model: b, messages, ...effort });
console.log(`${b}: ${second.text}`);
messages.push(second.choices[0]!.message);

say("Thank you. What was the first number?");
const back = await explain({ model: a, messages, ...effort });
const third = await completion({ model: a, messages, ...effort });
console.log(`${a}: ${third.text}`);

console.log(`\n${thought.length} pieces of ${a}'s state stand in the conversation.`);
assert.ok(thought.length > 0 || !first.usage?.completion_tokens_details?.reasoning_tokens);
for (const piece of thought) {
  assert.ok(stateIn(back.body).includes(piece), "A has its own state again");
}
if (a !== b) {
  const toB = await explain({ model: b, messages: messages.slice(0, 3), ...effort });
  for (const piece of thought)
    assert.ok(!JSON.stringify(toB.body).includes(piece), "B never saw it");
  console.log(`${b} was sent none of it; ${a} was sent all of it again, unchanged.`);
}
await close();
