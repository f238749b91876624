/** How each provider caches a model's prompts. Data; an adapter that knows better says it itself. */
import type { CachingFacts, PlanContext } from "@polycall/core";

type Facts = CachingFacts | undefined;

/** It caches by itself, and no more is known. */
const automatic: CachingFacts = { mechanism: "automatic" };
/** Calls with the same key go where their prefix is cached. */
const byKey: CachingFacts = { ...automatic, key: "prompt_cache_key", autoKey: true };
const marks: CachingFacts = { mechanism: "marks", ttls: ["5m", "1h"] };

/**
 * Tokens that Claude's prefixes must have; a shorter one is not cached, without an error. Source:
 * platform.claude.com, prompt caching, as read in 2026-08 (it does not name the models since).
 */
const claude: readonly (readonly [model: RegExp, tokens: number])[] = [
  [/^(?:opus|fable|mythos)-5$/, 512],
  [/^(?:opus-4(?:-[018])?|sonnet-(?:4(?:-[056])?|5)|3-opus|3-[57]-sonnet)$/, 1024],
  [/^(?:opus-4-7|mythos-preview|3(?:-5)?-haiku)$/, 2048],
  [/^(?:opus-4-[56]|haiku-4-5)$/, 4096],
];

function claudeFacts(model: string): CachingFacts {
  const name = model.replace(/^claude-/, "").replace(/(?:-latest|[-@]\d{8})$/, "");
  return { ...marks, minimum: claude.find(([known]) => known.test(name))?.[1] };
}

/**
 * Models whose entries can be kept for a day instead of some minutes; 5.5 keeps them for a day anyway.
 * Source: developers.openai.com, prompt caching, as read in 2026-08.
 */
const keptForADay =
  /^gpt-(?:4\.1|5|5-codex|5\.1|5\.1-codex|5\.1-codex-max|5\.1-codex-mini|5\.1-chat-latest|5\.2|5\.4)(?:-20\d\d-\d\d-\d\d)?$/;

/** From GPT-5.6 on parts can be marked, and writes cost. Source: the types of `openai` 7.57. */
function openaiFacts(given: string): CachingFacts {
  const model = given.replace(/^(?:chat|responses)\//, "").replace(/^ft:/, "");
  const common = { ...byKey, minimum: 1024 };
  const [, major, minor = "0"] = /^gpt-(\d+)(?:\.(\d+))?(?:[-:]|$)/.exec(model) ?? [];
  if (Number(major) > 5 || (major === "5" && Number(minor) >= 6)) {
    return { ...common, mechanism: "breakpoints", ttls: ["30m", "12h"] };
  }
  if (/^gpt-(?:3|4(?:-|$))/.test(model)) return { mechanism: "none" };
  if (/^gpt-5\.5(?:-|$)/.test(model)) return { ...common, ttls: ["24h"] };
  return { ...common, ttls: keptForADay.test(model) ? ["5m", "24h"] : ["5m"] };
}

/**
 * Tokens from which a prompt is cached by itself. Source: ai.google.dev/gemini-api/docs/caching, its
 * version of 2026-10-13; for Vertex AI it says nothing.
 */
const gemini: readonly (readonly [model: RegExp, tokens: number])[] = [
  [/^gemini-2\.5-(?:flash(?!-lite|-image)|pro)/, 2048],
  [/^gemini-3\.(?:1-pro|[5-8]-flash)(?!-lite|-image)/, 4096],
];

function geminiFacts(model: string, isVertex: boolean): CachingFacts {
  const name = model.slice(model.lastIndexOf("/") + 1);
  if (/^gemini-(?:1|2\.[0-4])|^gemma/.test(name)) {
    return { mechanism: "none", cachedContent: name.startsWith("gemini") };
  }
  const minimum = isVertex ? undefined : gemini.find(([known]) => known.test(name))?.[1];
  return { ...automatic, cachedContent: true, minimum };
}

/** Claude needs marks; the others cache by themselves. Source: openrouter.ai/docs, prompt caching, 2026-11. */
const openrouterFacts = (model: string): CachingFacts => ({
  ...(/^~?anthropic\//.test(model.replace(/^responses\//, "")) ? marks : automatic),
  key: "session_id",
});

/** By the prefix of the model string. */
const providers: Readonly<Record<string, Facts | ((model: string) => Facts)>> = {
  openai: openaiFacts,
  azure: openaiFacts,
  anthropic: claudeFacts,
  gemini: (model) => geminiFacts(model, false),
  vertex: (model) => geminiFacts(model, true),
  openrouter: openrouterFacts,
  // docs.mistral.ai, prompt caching, 2026-11: without a key nothing is cached.
  mistral: byKey,
  moonshot: byKey,
  cerebras: byKey,
  // docs.x.ai, maximizing cache hits, 2026-11.
  xai: byKey,
  deepseek: { ...automatic, minimum: 64 },
  fireworks: automatic,
  google_openai: automatic,
  groq: automatic,
  zai: automatic,
  ollama: {
    ...automatic,
    note: "Ollama keeps the last prompt while the model is loaded, and reports no cached tokens",
  },
};

/** @returns undefined where nobody knows */
export function factsOf({ connection, model }: PlanContext): CachingFacts | undefined {
  const { provider, settings } = connection;
  const facts = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  return typeof facts === "function" ? facts(settings.baseModel ?? model) : facts;
}
