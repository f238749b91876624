/**
 * What particular Gemini models refuse. Source: Google's model pages, November 2026; where no
 * recorded refusal was at hand the wording is ours.
 */
import type { JsonObject } from "../../json.ts";
import { asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { geminiRefusal } from "../words/gemini.ts";

const WITHOUT_SAMPLING = /^gemini-(3\.[6-9]|3\.5-flash-lite|[4-9])/;
const WITHOUT_MINIMAL = /^gemini-3\.[78]-flash/;

/** The first thing in a generateContent request that its model does not take. */
export function refuseGeminiModel(body: JsonObject, model: string): Refusal | undefined {
  const config = asObject(body.generationConfig ?? body.generation_config);
  const thinking = asObject(config.thinkingConfig ?? config.thinking_config);
  const budget = thinking.thinkingBudget ?? thinking.thinking_budget;
  const level = thinking.thinkingLevel ?? thinking.thinking_level;
  if (budget !== undefined && level !== undefined) {
    return geminiRefusal("You can only set only one of thinking budget and thinking level.");
  }
  if (WITHOUT_MINIMAL.test(model) && /^minimal$/i.test(asString(level))) {
    return geminiRefusal("Thinking level MINIMAL is not supported for this model.");
  }
  const params = ["temperature", "topP", "top_p", "topK", "top_k"];
  const param = params.find((name) => config[name] !== undefined);
  if (!param || !WITHOUT_SAMPLING.test(model)) return undefined;
  return geminiRefusal(`The parameter ${param} is not supported for this model.`);
}
