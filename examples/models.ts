/** Models side by side, the cheapest for a need, and what a call cost. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { models } from "polycall/models";
import { simulated } from "./lib/connect.ts";

// The catalogue is data that comes with polycall: no key, no network.
const chosen = ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "gemini/gemini-3.5-flash-lite"];
const rows = models.compare([...chosen, "openai/gpt-99"]);
console.table(
  rows.map(({ model, kind, context, maxOutput, input, output, cacheRead }) => ({
    model,
    kind,
    context,
    maxOutput,
    input,
    output,
    cacheRead,
  })),
);
assert.deepEqual(
  rows.map(({ known }) => known),
  [true, true, true, false],
);

const found = models.find({
  provider: ["openai", "anthropic", "gemini"],
  needs: ["tools", "structuredOutput", "image"],
  minContext: 500_000,
  maxPrice: 1,
});
for (const { model, price, reasons } of found.slice(0, 3)) {
  console.log(`${model}: $${price} (${reasons.join(", ")})`);
}
assert.ok(found.length > 0);

const { completion, simulator, close } = await simulated();
simulator?.script([{ text: "Hello.", usage: { input: 12_000, output: 400, reasoning: 0 } }]);
const { cost } = await completion({
  model: "anthropic/claude-haiku-5-5",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(`\nA call to ${cost?.model}, $${cost?.total}:`);
for (const { kind, tokens, rate, cost: dollars } of cost?.parts ?? []) {
  console.log(`  ${kind}: ${tokens} tokens at $${rate} per million, $${dollars}`);
}
// 12,000 x $0.10 + 400 x $0.50 per million
assert.equal(cost?.total, 0.0014);
await close();
