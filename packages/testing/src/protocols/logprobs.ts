/** Token probabilities as Chat Completions write them; the simulator is equally sure of each. */
import type { JsonObject } from "../json.ts";

const SURE = -0.01;
const UNSURE = -5;

function entry(token: string, logprob: number) {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

/**
 * The `logprobs` of a choice for these tokens, or null where the request asks for none. The first
 * of `top_logprobs` is the token itself, the others are made up.
 */
export function logprobsOf(tokens: string[], body: JsonObject) {
  if (body.logprobs !== true) return null;
  const count = typeof body.top_logprobs === "number" ? body.top_logprobs : 0;
  const content = tokens.map((token) => {
    const top = Array.from({ length: count }, (_, i) =>
      i === 0 ? entry(token, SURE) : entry(`${token}~${i}`, UNSURE * i),
    );
    return { ...entry(token, SURE), top_logprobs: top };
  });
  return { content, refusal: null };
}
