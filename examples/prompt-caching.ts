/** A conversation with a long system prompt: what the provider's prompt cache saves, and what breaks it. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import type { Message } from "polycall";
import { simulated } from "./lib/connect.ts";

const { completion, explain, models, simulator, who, close } = await simulated();
const [model] = models;
console.log(`${model} (${who})\n`);

const prices = Array.from({ length: 400 }, (_, at) => `A ticket to city ${at} is $${100 + at}.`);
const talk = (system: string): Message[] => [{ role: "system", content: system }];

// What would be cached, before anything is sent.
let messages = talk(prices.join("\n"));
const question = { role: "user", content: "How much is city 7?" } as const;
const { cache: plan } = await explain({
  model,
  messages: [...messages, question],
  promptCaching: "auto",
});
console.log("planned:", plan);
assert.ok(plan?.reachesMinimum);

let saved = 0;
for (const content of [question.content, "And city 8?", "And city 9?"]) {
  messages = [...messages, { role: "user", content }];
  const reply = await completion({ model, messages, promptCaching: "auto" });
  messages.push(reply.choices[0]!.message);
  const { read = 0, written = 0, uncached = 0 } = reply.cache ?? {};
  saved += reply.cache?.saved ?? 0;
  const shown = reply.cache?.saved?.toFixed(6);
  console.log(`${read} tokens read, ${written} written, ${uncached} neither: $${shown} saved`);
}
console.log(`saved in all: $${saved.toFixed(6)}\n`);

// The time in a system prompt is what breaks most caches.
const [, ...turns] = messages;
const late = [...talk(`It is 09:15.\n${prices.join("\n")}`), ...turns, question];
const { cache } = await completion({ model, messages: late, promptCaching: "auto" });
console.log("broken:", cache?.broken);

if (simulator) {
  assert.ok(saved > 0);
  assert.equal(cache?.read, 0);
  assert.equal(cache?.broken?.kind, "system");
}
await close();
