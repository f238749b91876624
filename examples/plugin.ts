/** A plugin of your own: a layer around every call; here, a stopwatch and a token meter. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { type Completion, createClient, type Plugin } from "polycall";
import { simulated } from "./lib/connect.ts";

const { simulator, close } = await simulated();

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
const { completion } = createClient({
  providers: simulator!.providers,
  plugins: [meter((line) => lines.push(line))],
});
const messages = [{ role: "user" as const, content: "Tell a joke." }];
await completion({ model: "openai/gpt-6-luna", messages });
await completion({ model: "ollama/llama3.2", messages });
console.table(lines);

assert.deepEqual(
  lines.map(({ model }) => model),
  ["openai/gpt-6-luna", "ollama/llama3.2"],
);
assert.ok(lines.every(({ tokens }) => tokens > 0));
await close();
