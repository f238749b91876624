/** The model that rows ask: which one, what it will cost, and a bound that holds. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  fileReplies,
  type LanguageModel,
  type LanguageModelOptions,
  languageModel,
  type Question,
} from "@polycall/rag";
import { Context } from "./context.ts";
import type { Entry, Row } from "./row.ts";

/** Cheap ones, by the variable of their key. */
const byKey: readonly (readonly [variable: string, model: string])[] = [
  ["OPENAI_API_KEY", "openai/gpt-6-luna"],
  ["ANTHROPIC_API_KEY", "anthropic/claude-haiku-5-5"],
  ["GEMINI_API_KEY", "gemini/gemini-3.5-flash-lite"],
  ["GOOGLE_API_KEY", "gemini/gemini-3.5-flash-lite"],
  ["MISTRAL_API_KEY", "mistral/mistral-small-latest"],
  ["DEEPSEEK_API_KEY", "deepseek/deepseek-v4-flash"],
  ["GROQ_API_KEY", "groq/openai/gpt-oss-20b"],
];

/** `POLYCALL_QUALITY_MODEL`, else the first whose key is set. */
export const modelAtHand = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env.POLYCALL_QUALITY_MODEL || byKey.find(([variable]) => env[variable])?.[1];

export interface ModelSettings {
  folder: string;
  /** Dollars. */
  maxCost: number;
  questions: number;
  /** Tells what it would cost, and no more. */
  estimateOnly?: boolean;
  /** Default: polycall's own. */
  client?: LanguageModelOptions["client"];
}

/** Runs a row, having told what it will cost; undefined where that is beyond the bound. */
export async function runWithModel(
  row: Row,
  { folder, maxCost, questions, estimateOnly, client }: ModelSettings,
): Promise<{ model: string; questions: number; entries: Entry[] } | undefined> {
  mkdirSync(folder, { recursive: true });
  const name = modelAtHand()!;
  const cache = fileReplies(join(folder, "replies.sqlite"));
  try {
    const model = languageModel({ model: name, cache, maxCost, ...(client && { client }) });
    const estimate = await model.estimate(await questionsOf(row, name, { folder, questions }));
    const { cached, tokens, expected, worst } = estimate;
    const dollars = (sum: number | undefined) =>
      sum === undefined ? "unknown" : `$${sum.toFixed(2)}`;
    console.log(
      `${row.name}: ${estimate.questions} questions to ${name} (${cached} of them kept from before), ${tokens} tokens; likely ${dollars(expected)}, at most ${dollars(worst)}, of ${dollars(maxCost)} that it may. What follows from replies is not in it.`,
    );
    if (estimateOnly) return undefined;
    if (expected !== undefined && expected > maxCost) {
      console.log(
        `${row.name}: left out; --max-cost ${Math.ceil(expected * 1.5)} would let it run`,
      );
      return undefined;
    }
    const failures: unknown[] = [];
    const context = new Context({ folder, model: watched(model, failures), questions });
    try {
      const entries = await row.run(context);
      // A technique goes on as without a model: what it found then is no figure of it.
      if (failures.length) throw failures[0];
      const { calls, bad, cost } = model.counts;
      console.log(`${row.name}: ${calls} calls, ${bad} bad replies, $${cost.toFixed(3)}`);
      return { model: name, questions, entries };
    } finally {
      context.close();
    }
  } finally {
    cache.close();
  }
}

/** The model, its errors noted. */
const watched = (model: LanguageModel, failures: unknown[]): LanguageModel => ({
  ...model,
  async ask(question, options) {
    try {
      return await model.ask(question, options);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  },
});

/** What the row would ask: run with a model that answers nothing, so that all falls back. */
async function questionsOf(
  row: Row,
  name: string,
  settings: Pick<ModelSettings, "folder" | "questions">,
): Promise<Question<unknown>[]> {
  const asked: Question<unknown>[] = [];
  const listening: LanguageModel = {
    model: name,
    counts: { calls: 0, cached: 0, bad: 0, cost: 0 },
    async ask(question) {
      asked.push(question as Question<unknown>);
      return undefined;
    },
    estimate: () => Promise.reject(new Error("It is being estimated.")),
  };
  const context = new Context({ ...settings, model: listening });
  try {
    await row.run(context);
  } finally {
    context.close();
  }
  return asked;
}
