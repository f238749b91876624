/** What is known of single models: how they take `think`. Data. Source: ollama.com/library, docs.ollama.com/capabilities/thinking, November 2026. */

/**
 * "levels": low, medium or high, never off. "switch": on or off. A model that is not here thinks by
 * default if it can; asked to think when it cannot, Ollama answers 400.
 */
export type Thinking = "levels" | "switch";

const byModel: Readonly<Record<string, Thinking>> = {
  "gpt-oss": "levels",
  "gpt-oss-safeguard": "levels",
  "deepseek-r1": "switch",
  "deepseek-v3.1": "switch",
  magistral: "switch",
  qwen3: "switch",
};

/**
 * How a model takes `think`.
 * @param model with or without a tag, e.g. "qwen3:8b"; models of other makers ("hf.co/…") are unknown
 */
export function thinkingOf(model: string): Thinking | undefined {
  const [name = "", tag = ""] = model.toLowerCase().split(":");
  if (tag.includes("instruct")) return undefined; // qwen3:30b-a3b-instruct-2507 does not think.
  return Object.hasOwn(byModel, name) ? byModel[name] : undefined;
}

/** Whether Ollama's cloud runs the model, always with its whole context window. */
export function runsInCloud(model: string): boolean {
  return /[:-]cloud$/.test(model);
}
