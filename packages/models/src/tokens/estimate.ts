/** How many tokens a planned request's prompt is, without asking anybody: an estimate, and how far off it may be. */
import { readPrompt } from "./body.ts";
import { type Family, familyOf, weights } from "./families.ts";
import { mediaTokens } from "./images.ts";
import type { TextCounts } from "./text.ts";

export interface Estimate {
  tokens: number;
  /** A share of `tokens`: nine of ten requests are not further off, to either side. */
  error: number;
}

/** What a tool of the provider's own may add, when nothing says how much. */
const ownToolTokens = 500;

/**
 * @param model without the provider
 * @param body the request in any API's words
 */
export function estimateTokens(model: string, body: { readonly [key: string]: unknown }): Estimate {
  const family = familyOf(model);
  const prompt = readPrompt(body);
  const { messages, tools, calls } = prompt;
  const known =
    family.base +
    family.message * messages +
    (tools && family.tools) +
    family.tool * tools +
    family.call * calls +
    thinkingTokens(family, body) +
    family.text * weigh(prompt.text) +
    family.schema * weigh(prompt.schema) +
    family.output * weigh(prompt.output) +
    (family.sealed * prompt.sealed) / 100;
  let tokens = known;
  let off = known * family.error.share + family.error.tokens;
  const name = model.toLowerCase().split("/").at(-1)!;
  for (const medium of prompt.media) {
    const own = mediaTokens(medium, name, family.name);
    tokens += own.tokens;
    off += own.error;
  }
  tokens += ownToolTokens * prompt.ownTools;
  off += ownToolTokens * prompt.ownTools;
  // Nobody has measured how well other scripts are counted.
  off += unmeasured * family.text * (prompt.text.cjk + prompt.text.others);
  tokens = Math.max(1, Math.round(tokens));
  return { tokens, error: Math.round((off / tokens) * 1000) / 1000 };
}

const unmeasured = 0.25;

export function weigh(counts: TextCounts): number {
  let sum = 0;
  for (const kind in weights) {
    sum += counts[kind as keyof TextCounts] * weights[kind as keyof TextCounts];
  }
  return sum;
}

function thinkingTokens({ thinking = 0 }: Family, body: { readonly [key: string]: unknown }) {
  const asked = body.thinking as { type?: unknown } | null | undefined;
  return asked && asked.type !== "disabled" ? thinking : 0;
}
