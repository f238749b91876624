/** When a provider fails: retries that wait as long as it asks, then the next model. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { simulated } from "./lib/connect.ts";

const { completion, simulator, close } = await simulated();
const messages = [{ role: "user" as const, content: "Tell a joke." }];

// Busy once: the same model answers at the second try.
simulator!.fault({ provider: "openai", status: 429, headers: { "retry-after-ms": "20" } });
const retried = await completion({ model: "openai/gpt-6-luna", messages });
for (const { model, status, error } of retried.attempts)
  console.log(model, status, error?.name ?? "");
assert.deepEqual(
  retried.attempts.map(({ status }) => status),
  [429, 200],
);

// Down for good: another provider answers, with its own key.
simulator!.fault({ provider: "openai", status: 503, times: 2 });
const rescued = await completion({
  model: "openai/gpt-6-luna",
  messages,
  maxRetries: 0,
  fallbacks: ["openai/gpt-6.1-terra", "anthropic/claude-haiku-5-5"],
});
for (const { model, status, error } of rescued.attempts)
  console.log(model, status, error?.name ?? "");
assert.equal(rescued.provider, "anthropic");
assert.equal(rescued.attempts.length, 3);
await close();
