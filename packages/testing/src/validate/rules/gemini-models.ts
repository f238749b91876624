/**
 * What particular Gemini models refuse. Source: Google's model pages, November 2026; where no
 * recorded refusal was at hand the wording is ours.
 */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { geminiRefusal } from "../words/gemini.ts";

const WITHOUT_SAMPLING = /^gemini-(3\.[6-9]|3\.5-flash-lite|[4-9])/;
const WITHOUT_MINIMAL = /^gemini-3\.[78]-flash/;

/** Gemini 3 wants back the signature of each step of the running turn, on its first call. */
function refuseUnsigned(contents: JsonObject[]): string | undefined {
  const isAsking = (content: JsonObject) =>
    content.role !== "model" && asArray(content.parts).some((p) => asObject(p).text !== undefined);
  const from = contents.findLastIndex(isAsking) + 1;
  for (const [index, content] of contents.entries()) {
    const isNewStep = content.role === "model" && contents[index - 1]?.role !== "model";
    if (index < from || !isNewStep) continue;
    const parts = asArray(content.parts).map(asObject);
    const call = parts.find((part) => part.functionCall ?? part.function_call);
    if (!call || call.thoughtSignature || call.thought_signature) continue;
    const { name } = asObject(call.functionCall ?? call.function_call);
    return (
      "Function call is missing a thought_signature in functionCall parts. This is required for " +
      "tools to work correctly, and missing thought_signature may lead to degraded model " +
      `performance. Additional data, function call \`default_api:${asString(name)}\` , position ` +
      `${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for ` +
      "more details."
    );
  }
  return undefined;
}

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
  const unsigned = /^gemini-3/.test(model)
    ? refuseUnsigned(asArray(body.contents).map(asObject))
    : undefined;
  if (unsigned) return geminiRefusal(unsigned);
  const params = ["temperature", "topP", "top_p", "topK", "top_k"];
  const param = params.find((name) => config[name] !== undefined);
  if (!param || !WITHOUT_SAMPLING.test(model)) return undefined;
  return geminiRefusal(`The parameter ${param} is not supported for this model.`);
}
