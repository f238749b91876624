/** The adapters' tables of rules, by provider. */
import { rules as anthropic } from "@polycall/anthropic";
import type { CapabilityRule } from "@polycall/core";
import { rules as gemini } from "@polycall/gemini";
import { rules as ollama } from "@polycall/ollama";
import { rules as openai } from "@polycall/openai";

const own: { readonly [provider: string]: readonly CapabilityRule[] } = {
  anthropic,
  gemini,
  vertex: gemini,
  ollama,
};

/** All other providers are hosts that speak OpenAI's protocol. */
export function rulesOf(provider: string): readonly CapabilityRule[] {
  return own[provider] ?? openai;
}
