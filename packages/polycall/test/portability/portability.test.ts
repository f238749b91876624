/** Any history of any providers is a request that any other takes, with its own state and nobody else's. */
import { refusalFor } from "@polycall/testing";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adapters } from "../../src/providers.ts";
import { conversation, planned, sorted, steps, type Turn, tools } from "./histories.ts";
import { origins } from "./origins.ts";

/** Histories, each planned for every target; 10,000 under `npm run test:long`. */
const count = process.env.POLYCALL_LONG ? 10_000 : 300;

interface Target {
  model: string;
  more?: object;
  /** Takes no tools at all. */
  withoutTools?: boolean;
}

/** The origins themselves, and a model of every provider and endpoint that is none of them. */
const targets: Target[] = [
  ...origins,
  ...[
    "openai/gpt-4.1-mini",
    "openai/gpt-5.6-luna",
    "openai/responses/gpt-4.1-mini",
    "azure/my-deployment",
    "anthropic/claude-opus-5",
    "anthropic/claude-fable-5-1",
    "vertex/gemini-2.5-flash-lite",
    "ollama/llama3.2",
    "openrouter/anthropic/claude-haiku-4-5",
    "openrouter/responses/openai/gpt-5.6-luna",
    "groq/llama-3.3-70b-versatile",
    "groq/responses/openai/gpt-oss-120b",
    "xai/responses/grok-4.3",
    "moonshot/kimi-k3",
    "mistral/mistral-large-latest",
    "cerebras/zai-glm-4.7",
    "together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "nvidia/meta/llama-3.3-70b-instruct",
    "deepinfra/meta-llama/Llama-3.3-70B-Instruct",
    "crusoe/openai/gpt-oss-120b",
    "heroku/claude-sonnet-4-5",
    "bedrock_mantle/openai.gpt-oss-120b",
    "lmstudio/qwen3-8b",
    "llamacpp/qwen3-8b",
    "ollama_openai/qwen3:8b",
    "custom_openai/a-model",
  ].map((model) => ({ model })),
  { model: "anthropic/claude-sonnet-4-5", more: { reasoning_effort: "high", max_tokens: 8000 } },
  { model: "gemini/gemini-3.6-flash", more: { reasoning_effort: "low" } },
  { model: "perplexity/sonar", withoutTools: true },
  { model: "gemini/gemma-3-27b-it", withoutTools: true },
];

const providerOf = (model: string) => model.split("/")[0]!;

/** Another model of the same provider cannot read it either. */
const boundToModel = new Set(["anthropic", "openrouter", "snowflake"]);

/** Whether the JSON of what must come back stands in the body, its keys in the order that the store gave it. */
function holds(body: string, { key, value }: Turn["echo"][number], store: Turn["store"]): boolean {
  const orders = store === "as rows" ? [value, sorted(value)] : [value];
  return orders.some((one) => {
    const text = JSON.stringify(one);
    // A text may stand within another.
    if (key === undefined && typeof value === "string") return body.includes(text.slice(1, -1));
    return body.includes(key === undefined ? text : `${JSON.stringify(key)}:${text}`);
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

const seen = new Map(targets.map(({ model }) => [model, { planned: 0, refused: 0, echoes: 0 }]));
afterAll(() => {
  const all = [...seen.values()];
  const sum = (key: "planned" | "refused" | "echoes") => all.reduce((n, one) => n + one[key], 0);
  console.log(
    `${count} histories for ${targets.length} targets: ${sum("planned")} requests planned, ` +
      `${sum("refused")} refused beforehand, state held to its origin ${sum("echoes")} times.`,
  );
});

test("every provider is a target, but for those that complete nothing", () => {
  const names = new Set(targets.map(({ model }) => providerOf(model)));
  const others = Object.keys(adapters).filter((name) => !names.has(name));
  expect(others.sort()).toEqual(["cohere", "jina", "local", "tei", "voyage"]);
});

test(`${count} histories`, { timeout: count * 1000 + 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { messages, turns, plans } = await conversation(script);
      for (const plan of plans) expect(refusalFor(plan), plan.url).toBeUndefined();
      deepFreeze(messages);
      for (const { model, more, withoutTools } of targets) {
        const mark = seen.get(model)!;
        const plan = await planned({ model, messages, ...(!withoutTools && { tools }), ...more });
        if (!plan) {
          mark.refused++;
          continue;
        }
        mark.planned++;
        expect(refusalFor(plan), model).toBeUndefined();
        const body = JSON.stringify(plan.body);
        expect(body).not.toMatch(/provider_state|thinking_blocks/);
        for (const turn of turns) {
          const isOwn = providerOf(turn.model) === providerOf(model);
          const isReader = isOwn && (turn.model === model || !boundToModel.has(providerOf(model)));
          if (!isReader) expect(body, `${turn.model} -> ${model}`).not.toContain(turn.canary);
          if (turn.model !== model) continue;
          mark.echoes++;
          for (const echo of turn.echo) {
            if (!holds(body, echo, turn.store))
              expect(body, `${model} lost its own`).toContain(echo);
          }
        }
      }
    }),
    { numRuns: count, ...(process.env.POLYCALL_LONG ? {} : { seed: 20_261_125 }) },
  );
  for (const [model, mark] of seen) {
    expect(mark.planned, model).toBeGreaterThan(count / 3);
  }
});
