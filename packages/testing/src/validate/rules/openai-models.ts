/** What particular OpenAI models refuse. Source: OpenAI's model pages and changelog, November 2026. */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { openaiRefusal } from "../words/openai.ts";

const REASONING = /^(o[134](-|$)|gpt-5(?!-chat)|gpt-6)/;
/** These reason unless told not to; gpt-5.1 to 5.5 only when told to. */
const BY_DEFAULT = /^(o[134](-|$)|gpt-5(-|$)|gpt-5\.6|gpt-6)/;
/** These take function tools on Chat Completions only while they do not reason. */
const TOOLS_WITHOUT_REASONING = /^(gpt-5\.[456]|gpt-6-(sol|luna))(-|$)/;
/** These take function tools on the Responses API only. */
const TOOLS_ON_RESPONSES = /^(gpt-6-astra|gpt-6\.1-sol|gpt-6\.2)(-|$)/;

const usual: Record<string, number | boolean> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
};

/** True when the model will reason over this request. @param effort as the request has it */
function reasons(model: string, effort: unknown): boolean {
  if (!REASONING.test(model)) return false;
  if (typeof effort === "string") return effort !== "none" || /^gpt-6\.2/.test(model);
  return BY_DEFAULT.test(model);
}

function unusual(body: JsonObject, params: string[]): string | undefined {
  return params.find((param) => {
    const value = body[param];
    return value !== undefined && value !== null && value !== usual[param];
  });
}

/** Both say how long a prompt is cached, the older one for models before GPT-5.6. */
function refuseBothLifetimes(body: JsonObject): Refusal | undefined {
  const { prompt_cache_options: options, prompt_cache_retention: retention } = body;
  if ((options ?? null) === null || (retention ?? null) === null) return undefined;
  if (!/^gpt-(5\.[6-9]|[6-9])/.test(asString(body.model))) return undefined;
  const told = "'prompt_cache_retention' may not be used together with 'prompt_cache_options'.";
  return openaiRefusal(told, "prompt_cache_retention");
}

/** The first thing in a Chat Completions request that its model does not take. */
export function refuseChatModel(body: JsonObject): Refusal | undefined {
  const model = asString(body.model);
  const isReasoning = reasons(model, body.reasoning_effort);
  const isDeclaring = asArray(body.tools).some((tool) => asObject(tool).type === "function");
  const isBarred = isReasoning && TOOLS_WITHOUT_REASONING.test(model);
  if (isDeclaring && (isBarred || TOOLS_ON_RESPONSES.test(model))) {
    const told =
      `Function tools with reasoning_effort are not supported for ${model} in ` +
      "/v1/chat/completions. Please use /v1/responses instead.";
    return openaiRefusal(told, "reasoning_effort");
  }
  const param = isReasoning ? unusual(body, Object.keys(usual)) : undefined;
  if (!param) return refuseBothLifetimes(body);
  const told =
    `Unsupported value: '${param}' does not support ${String(body[param])} with this model. Only ` +
    `the default (${String(usual[param])}) value is supported.`;
  return openaiRefusal(told, param, "unsupported_value");
}

/** The first thing in a Responses request that its model does not take. */
export function refuseResponsesModel(body: JsonObject): Refusal | undefined {
  if (!reasons(asString(body.model), asObject(body.reasoning).effort)) {
    return refuseBothLifetimes(body);
  }
  const param = unusual(body, ["temperature", "top_p"]);
  if (!param) return refuseBothLifetimes(body);
  return openaiRefusal(
    `Unsupported parameter: '${param}' is not supported with this model.`,
    param,
  );
}
