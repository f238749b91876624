/** How each service caches prompts: of its own accord or where marked, from how many tokens, for how long. */
import type { JsonObject } from "./json.ts";
import type { SimulatedProvider } from "./providers.ts";

export interface CacheHabits {
  mode: "marks" | "breakpoints" | "automatic" | "none";
  /** Tokens that a beginning must have. */
  minimum: number;
  /** Reads are told in steps of so many tokens. */
  step: number;
  /** How long an entry is kept unless the request says it. */
  keptMs: number;
}

const none: CacheHabits = { mode: "none", minimum: 0, step: 1, keptMs: 0 };
const marks: CacheHabits = { mode: "marks", minimum: 1024, step: 1, keptMs: 300_000 };
const automatic: CacheHabits = { mode: "automatic", minimum: 1024, step: 128, keptMs: 600_000 };

/** Claude's minimums where they are not 1,024 (Anthropic's documentation). */
const claude: readonly (readonly [model: RegExp, minimum: number])[] = [
  [/^claude-(?:opus|fable|mythos)-5(?:-\d{8})?$/, 512],
  [/^claude-(?:opus-4-7|mythos-preview|3-5-haiku|3-haiku)/, 2048],
  [/^claude-(?:opus-4-[56]|haiku-4-5)/, 4096],
];

export function cacheHabits(
  { name, family }: SimulatedProvider,
  model: string,
  body: JsonObject,
): CacheHabits {
  if (family === "ollama") return none;
  if (family === "anthropic") {
    const minimum = claude.find(([known]) => known.test(model))?.[1] ?? marks.minimum;
    return { ...marks, minimum };
  }
  if (family === "gemini") {
    const [, version] = /^gemini-(\d+\.\d+|\d+)/.exec(model) ?? [];
    if (Number(version) < 2.5) return none;
    return { ...automatic, step: 1, minimum: Number(version) < 3 ? 2048 : 4096 };
  }
  switch (name) {
    case "openai":
    case "azure": {
      const [, major, minor = "0"] = /^gpt-(\d+)(?:\.(\d+))?/.exec(model) ?? [];
      const isNew = Number(major) > 5 || (major === "5" && Number(minor) >= 6);
      if (isNew) return { mode: "breakpoints", minimum: 1024, step: 1, keptMs: 1_800_000 };
      return /^gpt-(?:3|4(?:-|$))/.test(model) ? none : automatic;
    }
    case "openrouter":
      return model.startsWith("anthropic/") ? marks : automatic;
    case "deepseek":
      // The service itself begins at 64 tokens; here a short prompt has the same usage each time.
      return { ...automatic, step: 64, keptMs: 3_600_000 };
    case "mistral":
      return body.prompt_cache_key ? automatic : none;
    default:
      return automatic;
  }
}
