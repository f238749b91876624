/** Gemini's log probabilities as OpenAI's. */
import type { LogprobsResult, LogprobsResultCandidate } from "@google/genai";
import type { Logprobs, TokenLogprob } from "@polycall/core";

/** Google names tokens as text only, so `bytes` is null. */
export function logprobsOf(result: LogprobsResult | null | undefined): Logprobs | null {
  if (!result?.chosenCandidates) return null;
  const content = result.chosenCandidates.map((chosen, index): TokenLogprob => {
    const top = result.topCandidates?.[index]?.candidates ?? [];
    return { ...token(chosen), top_logprobs: top.map(token) };
  });
  return { content, refusal: null };
}

function token({ token, logProbability }: LogprobsResultCandidate) {
  return { token: token ?? "", bytes: null, logprob: logProbability ?? 0 };
}
