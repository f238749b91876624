/**
 * How the families of models turn a prompt into tokens. Fitted to one half of the recorded requests,
 * measured on the other by `scripts/tokens/measure.ts`; docs/tokens.md has the table.
 */

export interface Family {
  name: string;
  /** The model's own name, in lower case and without folders. */
  model: RegExp;
  /** Tokens beside any prompt, for each message, for tools at all, for each tool, for each call or result. */
  base: number;
  message: number;
  tools: number;
  tool: number;
  call: number;
  /** Beside a prompt to a model that is told to think. */
  thinking?: number;
  /** Tokens where `text.ts` counts one: of messages, of tool declarations, of the reply's schema. */
  text: number;
  schema: number;
  output: number;
  /** For 100 characters of sealed reasoning. */
  sealed: number;
  /** Nine of ten requests are within this share and these tokens of the estimate. */
  error: { share: number; tokens: number };
}

const family = (
  name: string,
  model: RegExp,
  [base, message, tools, tool, call]: [number, number, number, number, number],
  [text, schema, output, sealed]: [number, number, number, number],
  [share, tokens]: [number, number],
): Family => {
  const error = { share, tokens };
  return { name, model, base, message, tools, tool, call, text, schema, output, sealed, error };
};

/** The first that fits is a model's own; the last fits all. */
export const families: readonly Family[] = [
  family("gpt-oss", /^(?:openai\.)?gpt-oss/, [69, 3, 0, 0, 0], [0.82, 1.05, 0.6, 0], [0.25, 15]),
  family(
    "gpt-5 and later",
    /^(?:openai[.-])?(?:gpt-[5-9]|o\d)/,
    [3, 4, 40, 0, 16],
    [1.1, 0.7, 0.6, 10],
    [0.25, 50],
  ),
  family(
    "gpt-4",
    /^(?:openai[.-])?(?:gpt-|chatgpt)/,
    [3, 4, 15, 0, 6],
    [1.06, 0.45, 0.65, 6],
    [0.25, 40],
  ),
  {
    // The tokenizer of 2026: about 30 % more. Source: platform.claude.com, "What's new in Claude Sonnet 5".
    ...family(
      "claude, from 2026",
      /claude-(?:sonnet-[5-9]|opus-(?:4-[7-9]|[5-9])|haiku-[5-9]|fable|mythos)/,
      [6, 5, 320, 60, 35],
      [1.3, 1.4, 2, 0],
      [0.3, 60],
    ),
    thinking: 30,
  },
  {
    ...family("claude", /claude/, [5, 3, 345, 85, 30], [0.98, 1.45, 2.5, 0], [0.25, 40]),
    thinking: 29,
  },
  family("gemini", /^(?:gemini|gemma)/, [0, 2, 0, 0, 16], [0.85, 1, 0, 0], [0.3, 70]),
  family("mistral", /stral/, [6, 3, 0, 0, 0], [1, 1.25, 0.5, 0], [0.25, 20]),
  family("deepseek", /deepseek/, [4, 4, 150, 30, 20], [0.9, 1, 0.3, 0], [0.6, 100]),
  family("glm", /^glm|\bglm-/, [3, 7, 60, 30, 8], [1.1, 1.05, 0, 0], [0.35, 40]),
  family("qwen", /qwen|qwq/, [6, 6, 100, 40, 8], [1.05, 1.2, 1, 0], [0.4, 40]),
  family("llama", /llama/, [20, 4, 350, 60, 8], [0.95, 1.1, 0.5, 0], [0.8, 60]),
  family("others", /^/, [6, 5, 60, 20, 10], [1.1, 1.1, 0.5, 0], [0.6, 60]),
];

/** Tokens of what `text.ts` counts, for o200k, to which the families' factors are relative. */
export const weights = {
  words: 1.08,
  tails: 0.07,
  digits: 1.1,
  signs: 0.36,
  breaks: 0.9,
  cjk: 0.8,
  others: 0.38,
} as const;

/** @param model without the provider */
export function familyOf(model: string): Family {
  const name = model.toLowerCase().split("/").at(-1)!;
  return families.find((one) => one.model.test(name))!;
}
