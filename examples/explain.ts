/** What would be sent, why, and at what cost, before anything is: the plan in the provider's own words. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { createClient, UnsupportedParamsError } from "polycall";

// No key, no network: `explain` only plans.
const { explain } = createClient();
const request = {
  messages: [
    { role: "system" as const, content: "Be brief." },
    { role: "user" as const, content: "Why is the sky blue?" },
  ],
  temperature: 1.7,
  max_tokens: 200,
  seed: 7,
};

for (const model of [
  "openai/gpt-4.1-mini",
  "anthropic/claude-haiku-4-5",
  "gemini/gemini-2.5-flash-lite",
]) {
  const { endpoint, url, body, changes, tokens, cost, curl } = await explain({ ...request, model });
  console.log(`\n${model} -> ${endpoint}\n${url}`);
  console.log(JSON.stringify(body, null, 2));
  for (const { param, action, reason } of changes) console.log(`! ${param} ${action}: ${reason}`);
  assert.ok(JSON.stringify(body).includes("Why is the sky blue?"));

  // What it will take: an estimate, and bounds.
  assert.ok(tokens && cost?.worst !== undefined);
  const [least, most] = [-1, 1].map((sign) =>
    Math.round(tokens.tokens * (1 + sign * tokens.error)),
  );
  console.log(`${tokens.tokens} tokens (${Math.max(0, least!)} to ${most})`);
  console.log(`$${cost.expected.toFixed(6)} expected, $${cost.worst.toFixed(6)} at most`);
  assert.ok(cost.expected > 0 && cost.worst >= cost.expected);

  // To try it in a shell. The key is a variable.
  console.log(curl);
  assert.match(curl!, /\$[A-Z]+_API_KEY/);
}

// A hint (temperature, seed) bends with a warning; a meaning is never dropped.
await assert.rejects(
  explain({ ...request, model: "anthropic/claude-haiku-4-5", onUnsupported: "error" }),
  UnsupportedParamsError,
);
