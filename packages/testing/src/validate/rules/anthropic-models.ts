/**
 * What particular Claude models refuse. Source: Anthropic's model pages, November 2026; where no
 * recorded refusal was at hand the wording is ours.
 */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { anthropicRefusal } from "../words/anthropic.ts";

const SAMPLING: Record<string, number | undefined> = { temperature: 1, top_p: 1, top_k: undefined };

function refuseSampling(body: JsonObject): string | undefined {
  const key = Object.keys(SAMPLING).find((name) => {
    return body[name] !== undefined && body[name] !== SAMPLING[name];
  });
  return key && `${key}: this model only supports the default value`;
}

function refuseThinkingType(body: JsonObject, ...types: string[]): string | undefined {
  const type = asString(asObject(body.thinking).type);
  return types.includes(type)
    ? `thinking: type '${type}' is not supported by this model; use 'adaptive'`
    : undefined;
}

function refuseForced(body: JsonObject): string | undefined {
  const type = asString(asObject(body.tool_choice).type);
  return type === "any" || type === "tool"
    ? `tool_choice: type '${type}' is not supported by this model`
    : undefined;
}

/** A last assistant message that ends in text is a prefill; one that ends in a block is not. */
function refusePrefill(body: JsonObject): string | undefined {
  const last = asObject(asArray(body.messages).at(-1));
  const ending = asObject(asArray(last.content).at(-1));
  const isText = typeof last.content === "string" || ending.type === "text";
  return last.role === "assistant" && isText
    ? "This model does not support assistant message prefill. The conversation must end with a " +
        "user message."
    : undefined;
}

function refuseBoth(body: JsonObject): string | undefined {
  return body.temperature !== undefined && body.top_p !== undefined
    ? "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    : undefined;
}

const rows: [RegExp, ((body: JsonObject) => string | undefined)[]][] = [
  [
    /^claude-sonnet-5-5/,
    [
      refuseSampling,
      (body) => refuseThinkingType(body, "enabled", "disabled"),
      refuseForced,
      refusePrefill,
    ],
  ],
  [
    /^claude-sonnet-5(?!-5)(-|$)/,
    [refuseSampling, (body) => refuseThinkingType(body, "enabled"), refusePrefill],
  ],
  [/^claude-(fable-5-1|opus-5-5)/, [(body) => refuseThinkingType(body, "disabled"), refusePrefill]],
  [/^claude-((opus|sonnet)-4-[6-9]|(opus|fable)-5)(-|$)/, [refusePrefill]],
  [/^claude-(opus-4-1|(opus|sonnet|haiku)-4-5)/, [refuseBoth]],
];

/** The first thing in a Messages request that its model does not take. */
export function refuseAnthropicModel(body: JsonObject): Refusal | undefined {
  const checks = rows.find(([models]) => models.test(asString(body.model)))?.[1] ?? [];
  for (const check of checks) {
    const told = check(body);
    if (told) return anthropicRefusal(told);
  }
  return undefined;
}
