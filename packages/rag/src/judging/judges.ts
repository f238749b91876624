/** The judges by name: two that count, six that ask a model. */
import type { Message, StandardSchema } from "@polycall/core";
import { spokenIn } from "../answer/condense.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { randomOf } from "../random.ts";
import { keywordCoverage } from "./keywords.ts";
import {
  gradePrompt,
  gradeShape,
  type Material,
  type PartJudges,
  partsPrompt,
  partsShape,
  type Rubrics,
  rubrics,
  scoreOf,
  statementsPrompt,
  statementsShape,
} from "./rubrics.ts";
import type { TestQuestion } from "./test-set.ts";
import {
  failure,
  type Judge,
  type JudgeCall,
  type JudgedAnswer,
  nothing,
  type Verdict,
} from "./verdict.ts";

/** Without a model. */
const counted = {
  coverage({ keywords = [] }, { text }) {
    if (!keywords.length) return nothing("The question has no keywords.");
    const { score, found, missed } = keywordCoverage(text, keywords);
    const told = (one: (typeof keywords)[number]) =>
      typeof one === "string" ? one : one.join(" or ");
    return {
      score,
      reason: missed.length ? `Missing: ${missed.map(told).join(", ")}.` : "All are there.",
      parts: keywords.map((one) => {
        return { text: told(one), holds: found.includes(one), reason: "" };
      }),
    };
  },
  sources({ sources = [] }, { passages }) {
    if (!sources.length) return nothing("The question names no sources.");
    if (!passages) return nothing("The answer has no passages.");
    // A summary stands in what it was made from.
    const there = new Set(
      passages
        .flatMap(({ chunk, origins }) => [chunk, ...(origins ?? [])])
        .map((one) => one?.source),
    );
    const missed = sources.filter((one) => !there.has(one));
    return {
      score: 1 - missed.length / sources.length,
      reason: missed.length ? `Not among the passages: ${missed.join(", ")}.` : "All were found.",
    };
  },
} as const satisfies Record<string, (question: TestQuestion, answer: JudgedAnswer) => Verdict>;

/** Asking for one question: what two judges need of the model is asked once. */
interface Asking extends JudgeCall {
  model: LanguageModel;
  statements(one: TestQuestion, text: string): Promise<string[] | undefined>;
}

type ModelJudge = (
  question: TestQuestion,
  answer: JudgedAnswer,
  asking: Asking,
) => Promise<Verdict>;

const noReference = nothing("The question has no reference answer.");
const noPassages = nothing("The answer has no passages.");
const noStatements = nothing("There are no statements in it to judge.");

const asked: Readonly<Record<Rubrics | PartJudges, ModelJudge>> = {
  accuracy: (one, answer, asking) => graded("accuracy", one, answer, asking),
  async completeness(one, { text: answer }, asking) {
    if (!one.reference) return noReference;
    return ofStatements("completeness", one, one.reference, { answer }, asking);
  },
  relevance: (one, answer, asking) => graded("relevance", one, answer, asking),
  /** @see Es et al., RAGAS: Automated Evaluation of Retrieval Augmented Generation, EACL 2024 */
  async faithfulness(one, { text, passages, known }, asking) {
    if (!passages) return noPassages;
    if (known === false) return noStatements;
    return ofStatements("faithfulness", one, text, { passages: passages.map(textOf) }, asking);
  },
  /** The mean, over the useful ones, of the precision at each one's rank. */
  async contextPrecision(one, { passages }, asking) {
    if (!one.reference) return noReference;
    if (!passages?.length) return noPassages;
    const { question, reference } = one;
    // Shown in an order that says nothing of their ranks.
    const order = shuffled(passages.length);
    const texts = order.map((at) => passages[at]!.text);
    const material = { ...spoken(one), question, reference, passages: texts };
    const parts = await judgedParts("contextPrecision", texts, material, asking);
    if (!parts) return undone(asking);
    const ranked = order.map((_, rank) => parts[order.indexOf(rank)]!);
    const useful = ranked.filter(({ holds }) => holds).length;
    let [sum, soFar] = [0, 0];
    for (const [i, { holds }] of ranked.entries()) if (holds) sum += ++soFar / (i + 1);
    return {
      score: useful ? sum / useful : 0,
      reason: `${useful} of ${ranked.length} passages are of use.`,
      parts: ranked,
    };
  },
  async contextRecall(one, { passages }, asking) {
    if (!one.reference) return noReference;
    if (!passages) return noPassages;
    const material = { passages: passages.map(textOf) };
    return ofStatements("contextRecall", one, one.reference, material, asking);
  },
};

export type JudgeName = keyof typeof counted | keyof typeof asked;

export const judgeNames = [...Object.keys(counted), ...Object.keys(asked)] as JudgeName[];
export const needsModel = (name: JudgeName) => name in asked;

/** The judges of one question. Those that need a model share what they ask it. */
export function judgesOf(names: readonly JudgeName[], model: LanguageModel | undefined): Judge[] {
  const kept = new Map<string, Promise<string[] | undefined>>();
  return names.map((name) => {
    if (!(name in asked)) return { name, judge: counted[name as keyof typeof counted] };
    return {
      name,
      judge(question, answer, call) {
        const statements = (one: TestQuestion, text: string) => {
          const known = kept.get(text) ?? statementsOf(one, text, model!, call);
          kept.set(text, known);
          return known;
        };
        const asking = { ...call, model: model!, statements };
        return asked[name as keyof typeof asked](question, answer, asking);
      },
    };
  });
}

const textOf = ({ text }: { text: string }) => text;

function spoken({ history = [] }: TestQuestion): Pick<Material, "conversation"> {
  const conversation = spokenIn(history);
  return conversation ? { conversation } : {};
}

async function graded(
  name: Rubrics,
  one: TestQuestion,
  { text: answer }: JudgedAnswer,
  asking: Asking,
): Promise<Verdict> {
  const { question, reference } = one;
  if (name === "accuracy" && !reference) return noReference;
  const material = {
    ...{ ...spoken(one), question, answer },
    ...(name === "accuracy" && { reference }),
  };
  const said = await ask(name, gradePrompt(name, material), gradeShape, asking);
  if (!said) return undone(asking);
  const { grade, reason } = said;
  return {
    score: scoreOf(said),
    reason: `${reason.trim() || rubrics[name].grades[grade - 1]} (${grade} of 5)`,
  };
}

/** The share of a text's statements for which it holds; null where it has none, not 1. */
async function ofStatements(
  name: Exclude<PartJudges, "contextPrecision">,
  one: TestQuestion,
  text: string,
  material: Material,
  asking: Asking,
): Promise<Verdict> {
  const statements = await asking.statements(one, text);
  if (!statements) return undone(asking);
  if (!statements.length) return noStatements;
  const noneGiven = material.passages?.length === 0;
  const parts = noneGiven
    ? statements.map((text) => ({ text, holds: false, reason: "Nothing was retrieved." }))
    : await judgedParts(
        name,
        statements,
        { ...spoken(one), question: one.question, ...material, statements },
        asking,
      );
  if (!parts) return undone(asking);
  const held = parts.filter(({ holds }) => holds).length;
  const verb = name === "completeness" ? "said by the answer" : "supported by the passages";
  return {
    score: held / parts.length,
    reason: `${held} of ${parts.length} statements are ${verb}.`,
    parts,
  };
}

async function statementsOf(
  one: TestQuestion,
  text: string,
  model: LanguageModel,
  call: JudgeCall,
): Promise<string[] | undefined> {
  const messages = statementsPrompt({ ...spoken(one), question: one.question, text });
  const said = await ask("statements", messages, statementsShape, { ...call, model });
  return said?.statements.map((one) => one.trim()).filter(Boolean);
}

/** In the order of `texts`; undefined where not each was judged, and once. */
async function judgedParts(
  name: PartJudges,
  texts: readonly string[],
  material: Material,
  asking: Asking,
) {
  const messages = partsPrompt(name, texts.length, material);
  // A verdict takes 30 to 60 tokens: of many the usual longest reply would be cut.
  const maxTokens = Math.max(4096, 1024 + 64 * texts.length);
  const said = await ask(name, messages, partsShape, asking, maxTokens);
  if (!said) return undefined;
  const byNumber = new Map(said.verdicts.map((one) => [one.number, one]));
  const all = texts.map((text, i) => ({ text, said: byNumber.get(i + 1) }));
  const isWhole = all.every(({ said }) => said) && said.verdicts.length === texts.length;
  if (!isWhole) {
    asking.trace.warnings.push(
      `${name}: ${said.verdicts.length} verdicts came for ${texts.length} parts, or not one for each.`,
    );
    return undefined;
  }
  return all.map(({ text, said }) => ({ text, holds: said!.holds, reason: said!.reason }));
}

function ask<T>(
  purpose: string,
  messages: Message[],
  shape: StandardSchema<unknown, T>,
  { model, signal, trace }: Pick<Asking, "model" | "signal" | "trace">,
  maxTokens = 4096,
): Promise<T | undefined> {
  const question = { purpose, messages, shape, maxTokens };
  return model.ask<T>(question, { trace, ...(signal && { signal }) });
}

const undone = ({ trace }: Asking): Verdict =>
  failure(trace.warnings.at(-1) ?? "The judge's reply was not what was asked for.");

/** The same for the same count. */
function shuffled(count: number): number[] {
  const random = randomOf(count);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
