/**
 * How services say that they refuse a parameter: their words, where those were seen, and what to do. Data.
 * Gathered 2026-11-25 from recorded replies and from issues that quote them.
 */
import type { CapabilityFacts, ParamFact } from "./layers.ts";

/** What a complaint asks for. `facts` is remembered where the adapter has such a fact. */
export type Remedy =
  | {
      readonly id: string;
      readonly params: { readonly [wireName: string]: ParamFact };
      readonly facts?: CapabilityFacts;
      /** It hangs on this request's other parameters, so that it is not remembered. */
      readonly once?: boolean;
    }
  | { readonly id: "healed/strip-reasoning-state" };

export interface Complaint {
  readonly source: string;
  /** The provider's code, where that alone says it. */
  readonly code?: RegExp;
  /** Its words. */
  readonly words?: RegExp;
  /**
   * @param found what `words` found, groups included
   * @param param the parameter that the error names
   */
  remedy(found: readonly string[], param: string | undefined): Remedy | undefined;
}

type Named = (found: readonly string[], param: string | undefined) => Remedy | undefined;

const strip = (): Remedy => ({ id: "healed/strip-reasoning-state" });

const drop = (name: string | undefined, once?: boolean): Remedy | undefined =>
  name ? { id: "healed/drop", params: { [name]: false }, ...(once && { once }) } : undefined;
const dropNamed: Named = ([, name], param) => drop(name ?? param);

const limit = (name: string | undefined, kind: "min" | "max", text: string): Remedy | undefined => {
  const value = Number(text.replaceAll(",", ""));
  if (!name || !Number.isFinite(value)) return undefined;
  return { id: "healed/clamp", params: { [name]: { [kind]: value } } };
};

const oneOf = (name: string | undefined, list: string): Remedy | undefined => {
  const words = list.match(/[a-z_]+/gi)?.filter((word) => word !== "and" && word !== "or") ?? [];
  if (!name || !words.length) return undefined;
  return { id: "healed/nearest-value", params: { [name]: { values: words } } };
};

const only = (name: string | undefined, value: string): Remedy | undefined =>
  name
    ? { id: "healed/nearest-value", params: { [name]: { values: [Number(value)] } } }
    : undefined;

const issue = (path: string) => `https://github.com/${path}`;

/** The first that fits is taken. */
export const complaints: readonly Complaint[] = [
  {
    // OpenAI: "The encrypted content gAAA...DQ== could not be verified."
    source: issue("openai/codex/issues/8145"),
    code: /^(?:invalid_encrypted_content|thinking_signature_invalid)$/,
    remedy: strip,
  },
  {
    // Anthropic: "messages.1.content.0: Invalid `signature` in `thinking` block"
    source: issue("ding113/claude-code-hub/issues/518"),
    words: /invalid `?signature`? in `?thinking`? block/i,
    remedy: strip,
  },
  {
    // Gemini: "Invalid thought signature"
    source: issue("lbjlaq/Antigravity-Manager/pull/3337"),
    words: /(?:invalid|corrupted) thought[ _]signature/i,
    remedy: strip,
  },
  {
    // OpenAI: "Item 'rs_…' of type 'reasoning' was provided without its required following item."
    source: "recording openai/openai_responses_thinking_with_modified_history",
    words: /of type 'reasoning' was provided without its required following item/,
    remedy: strip,
  },
  {
    source: issue("microsoft/vscode-copilot-release/issues/9954"),
    words:
      /unsupported parameter: '([\w.]+)' is not supported with this model\. use '(\w+)' instead/i,
    remedy: ([, from, to]) => ({ id: "healed/rename", params: { [from!]: { name: to! } } }),
  },
  {
    // "… does not support 0.2 with this model. Only the default (1) value is supported."
    source: issue("holoviz/lumen/pull/1087"),
    words:
      /unsupported value: '([\w.]+)' does not support .{1,40} with this model\. only the default \(([\d.]+)\) value/i,
    remedy: ([, name, value]) => only(name, value!),
  },
  {
    // Chat Completions; Kimi says the same.
    source: issue("Kilo-Org/cloud/pull/3807"),
    words:
      /unsupported value: '([\w.]+)' does not support '[^']*' with this model\. supported values are: ([^.]+)/i,
    remedy: ([, name, list]) => oneOf(name, list!),
  },
  {
    // Responses: "'minimal' is not supported with the 'gpt-5.1' model. Supported values are: …"
    source: issue("anomalyco/opencode/issues/4451"),
    words:
      /unsupported value: '[^']*' is not supported with the '[^']*' model\. supported values are: ([^.]+)/i,
    remedy: ([, list], param) => oneOf(param, list!),
  },
  {
    source: "recording anthropic/anthropic_explicit_effort_xhigh_unsupported_model_errors",
    words: /does not support effort level '\w+'\. supported levels: ([^.]+)/i,
    remedy: ([, list]) => oneOf("reasoning_effort", list!),
  },
  {
    // Groq: "`reasoning_effort` must be one of `none` or `default`"
    source: issue("iamsrikanthnani/pluely/pull/219"),
    words: /`?\b([a-z_]+)\b`? must be one of ((?:`?\w+`?(?:, or |, and |, | or | and )?)+)/i,
    remedy: ([, name, list]) => oneOf(name, list!),
  },
  {
    // Moonshot: "invalid temperature: only 1 is allowed for this model"
    source: issue("HKUDS/nanobot/pull/202"),
    words: /invalid (\w+): only ([\d.]+) is allowed for this model/i,
    remedy: ([, name, value]) => only(name, value!),
  },
  {
    source: issue("anthropics/claude-code/issues/24451"),
    words: /\b(max_tokens): \d+ > (\d+), which is the maximum allowed number of output tokens/,
    remedy: ([, name, most]) => limit(name, "max", most!),
  },
  {
    source: issue("ChatGPTNextWeb/NextChat/issues/3195"),
    words:
      /\b(max_(?:completion_)?tokens) is too large: \d+\. this model supports at most (\d+) completion tokens/i,
    remedy: ([, name, most]) => limit(name, "max", most!),
  },
  {
    // DeepSeek: "Invalid max_tokens value, the valid range of max_tokens is [1, 393216]"
    source: issue("MoonshotAI/kimi-code/issues/509"),
    words: /the valid range of (\w+) is \[[\d.]+, ([\d.]+)\]/i,
    remedy: ([, name, most]) => limit(name, "max", most!),
  },
  {
    // Google; the range ends before its end.
    source: issue("BerriAI/litellm/pull/10548"),
    words:
      /it has a (\w+) value of \d+ but the supported range is from \d+ \(inclusive\) to (\d+) \(exclusive\)/i,
    remedy: ([, name, end]) => limit(name, "max", String(Number(end) - 1)),
  },
  {
    // "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead."
    source: "recording openai/openai_responses_model_http_error",
    words:
      /(?:invalid|parameter) ['`]([\w.]+)['`].*(?:below minimum|above maximum) value[.,] expected a value (>=|<=) ([\d.]*\d)/i,
    remedy: ([, name, sign, value]) => limit(name, sign === ">=" ? "min" : "max", value!),
  },
  {
    // Claude since 4.5: the one that the adapter drops, too.
    source: issue("open-webui/open-webui/issues/17922"),
    words: /temperature`? and `?top_p`? cannot both be specified/i,
    remedy: () => ({
      id: "healed/drop",
      params: { top_p: false },
      facts: { sampling: "one" },
      once: true,
    }),
  },
  {
    source: issue("github/app/issues/2574"),
    words: /`(\w+)` is deprecated for this model/,
    remedy: dropNamed,
  },
  {
    // Google
    source: issue("vercel/ai/issues/4022"),
    words: /penalty is not enabled for/i,
    remedy: () => ({
      id: "healed/drop",
      params: { presence_penalty: false, frequency_penalty: false },
    }),
  },
  {
    source: issue("google-gemini/gemini-cli/issues/14025"),
    words:
      /thinking[ _](?:level|config) is not supported|thinking is not configurable in this model/i,
    remedy: () => drop("reasoning_effort"),
  },
  {
    // One level of several, none of which is named.
    source: issue("jenslys/opencode-gemini-auth/issues/14"),
    words:
      /thinking_level \w+ is not supported by this model|thinking can't be disabled for this model/i,
    remedy: () => drop("reasoning_effort", true),
  },
  {
    // Mistral, Anthropic, Fireworks: FastAPI's list, as the adapter has put it into words.
    source: issue("editor-code-assistant/eca/issues/231"),
    words: /(?:^|[\s;])(?:body\.)?([a-z_]+): extra inputs are not permitted/i,
    remedy: dropNamed,
  },
  {
    // vLLM and gateways: the same list, as it came.
    source: issue("mistralai/client-ts/issues/65"),
    words:
      /loc['"]?: ?[[(]['"]body['"], ?['"](\w+)['"][\])], ?['"]msg['"]: ?['"]extra inputs are not permitted/i,
    remedy: dropNamed,
  },
  {
    // Groq: "property 'reasoning_effort' is unsupported, did you mean 'reasoning_format'?"
    source: issue("CherryHQ/cherry-studio/issues/1099"),
    words: /property '(\w+)' is unsupported/,
    remedy: dropNamed,
  },
  {
    // xAI: "Model grok-4-latest does not support parameter reasoningEffort."
    source: issue("BerriAI/litellm/pull/16265"),
    words: /does not support parameter (\w+)/i,
    remedy: dropNamed,
  },
  {
    source: issue("n4ze3m/page-assist/issues/581"),
    words: /argument not supported on this model: (\w+)/i,
    remedy: dropNamed,
  },
  {
    // Fireworks: "non-reasoning model does not support reasoning_effort"
    source: issue("lambda-symbolics/autolith/pull/25"),
    words: /model does not support (reasoning_effort)/,
    remedy: dropNamed,
  },
  {
    source: issue("BeehiveInnovations/pal-mcp-server/issues/78"),
    words: /unsupported parameter: '([\w.]+)' is not supported with this model/i,
    remedy: dropNamed,
  },
  {
    source: "https://platform.openai.com/docs/guides/error-codes",
    words:
      /(?:unrecognized request argument supplied|unknown parameter|unrecognized parameter): ['"`]?([\w.]+)/i,
    remedy: dropNamed,
  },
  {
    source: "https://platform.openai.com/docs/guides/error-codes",
    code: /^(?:unsupported_parameter|unknown_parameter)$/,
    remedy: dropNamed,
  },
];

/** What services call a parameter in a complaint -> OpenAI's name. */
export const ourNames: { readonly [wireName: string]: string } = {
  frequencyPenalty: "frequency_penalty",
  maxOutputTokens: "max_tokens",
  max_output_tokens: "max_tokens",
  num_predict: "max_tokens",
  "output_config.effort": "reasoning_effort",
  presencePenalty: "presence_penalty",
  random_seed: "seed",
  "reasoning.effort": "reasoning_effort",
  reasoning: "reasoning_effort",
  reasoningEffort: "reasoning_effort",
  serviceTier: "service_tier",
  "text.verbosity": "verbosity",
  "thinking.budget_tokens": "thinking",
  topK: "top_k",
  topLogprobs: "top_logprobs",
  topP: "top_p",
};
