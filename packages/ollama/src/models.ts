/** What is known of single models: how they take `think`. Data. */
import { type Capabilities, type CapabilityLayer, factsFrom } from "@polycall/core";

/**
 * "levels": low, medium or high, never off. "switch": on or off. A model that is not here thinks by
 * default if it can; asked to think when it cannot, Ollama answers 400.
 */
export type Thinking = "levels" | "switch";

export type ModelFacts = { readonly thinking?: Thinking };

type Layers = readonly CapabilityLayer[];

const source = "https://docs.ollama.com/capabilities/thinking";
const date = "2026-11-23";
const provider: Layers = [
  { layer: "provider", of: "ollama", facts: {}, source: "https://docs.ollama.com/api/chat", date },
];

function row(of: string, thinking: Thinking): readonly [name: string, layers: Layers] {
  return [of, [...provider, { layer: "model", of, facts: { thinking }, source, date }]];
}

const byModel = new Map<string, Layers>([
  row("gpt-oss", "levels"),
  row("gpt-oss-safeguard", "levels"),
  row("deepseek-r1", "switch"),
  row("deepseek-v3.1", "switch"),
  row("magistral", "switch"),
  row("qwen3", "switch"),
]);

/** @param model with or without a tag, e.g. "qwen3:8b"; models of other makers ("hf.co/…") are unknown */
function layersOf(model: string): Layers {
  const [name = "", tag = ""] = model.toLowerCase().split(":");
  if (tag.includes("instruct")) return provider; // qwen3:30b-a3b-instruct-2507 does not think.
  return byModel.get(name) ?? provider;
}

/** The facts of a model; what the user says of it, and what was learned, wins. */
export const factsOf = /* @__PURE__ */ factsFrom<ModelFacts>(layersOf);

export const capabilities: Capabilities = {
  layers: layersOf,
  shape: { thinking: { oneOf: ["levels", "switch"] } },
};

/** Whether Ollama's cloud runs the model, always with its whole context window. */
export function runsInCloud(model: string): boolean {
  return /[:-]cloud$/.test(model);
}
