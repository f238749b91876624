/** A plugin of your own: a layer around every call; here, a stopwatch and a token meter. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import type { Completion, Plugin } from "polycall";
import { connect } from "./lib/connect.ts";

function meter(report: (line: { model: string; ms: number; tokens: number }) => void): Plugin {
  return async function meter(request, next) {
    const start = performance.now();
    const reply = await next(request);
    const { usage } = reply as Completion;
    report({
      model: request.model,
      ms: Math.round(performance.now() - start),
      tokens: usage?.total_tokens ?? 0,
    });
    return reply;
  };
}

const lines: { model: string; tokens: number }[] = [];
const { completion, models, close } = await connect({
  plugins: [meter((line) => lines.push(line))],
});
const messages = [{ role: "user" as const, content: "Tell a joke." }];
const asked = [models[0], models.at(-1)!];
for (const model of asked) await completion({ model, messages });
console.table(lines);

assert.deepEqual(
  lines.map(({ model }) => model),
  asked,
);
assert.ok(lines.every(({ tokens }) => tokens > 0));
await close();
