/** The rule-based responder behind every protocol: jokes, sums, tool calls, schemas. */
import { fill } from "./fill.ts";
import { type Joke, joke } from "./jokes.ts";
import { asObject } from "./json.ts";
import { withPromptedForm } from "./prompted-form.ts";
import { countTokens, pieces } from "./tokens.ts";
import type { Answer, AnswerCall, Turn, TurnMessage, TurnTool } from "./turn.ts";
import { readWords, type Words } from "./words.ts";

/** How every free text of the simulator begins. */
export const LABEL = "(simulator)";

const IGNORED = new Set(
  (
    "a an and any are as ask at be by can do does for from get give has have how i in is it its let me my " +
    "of on or our please tell that the their then there this to tool up use user using value was what " +
    "when where which who why will with would you your returns return"
  ).split(" "),
);

/** Words that ask for a thing without naming it. */
const synonyms: Record<string, string> = {
  cost: "price",
  costs: "price",
  expensive: "price",
  much: "price",
  cold: "weather",
  forecast: "weather",
  hot: "weather",
  rain: "weather",
  sunny: "weather",
  warm: "weather",
  clock: "time",
  compute: "calculate",
  sum: "calculate",
};

function stem(word: string): string {
  const end = word.replace(/(ing|ed|es|s|e)$/, "").replace(/y$/, "i");
  return end.length < 2 ? word : end;
}

function stems(text: string): Set<string> {
  const spaced = text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  const words = (spaced.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !IGNORED.has(word));
  return new Set(words.flatMap((word) => [word, synonyms[word] ?? word]).map(stem));
}

function fit(tool: TurnTool, asked: Set<string>): number {
  const name = stems(tool.name);
  const rest = stems(tool.description);
  let score = 0;
  for (const word of asked) score += name.has(word) ? 3 : rest.has(word) ? 1 : 0;
  return score;
}

function lastUser(turn: Turn): TurnMessage | undefined {
  return turn.messages.findLast((message) => message.role === "user");
}

/** The tool results that came since the last assistant message. */
function freshResults(turn: Turn): TurnMessage[] {
  const results: TurnMessage[] = [];
  for (const message of turn.messages.toReversed()) {
    if (message.role === "tool") results.unshift(message);
    else if (message.role === "assistant") break;
  }
  return results;
}

function chooseTool(turn: Turn, text: string): TurnTool | undefined {
  const { toolChoice } = turn;
  if (toolChoice === "none" || turn.tools.length === 0) return undefined;
  const isForced = toolChoice !== "auto";
  const allowed =
    typeof toolChoice === "object"
      ? turn.tools.filter((tool) => toolChoice.names.includes(tool.name))
      : turn.tools;
  const asked = stems(text);
  const ranked = allowed
    .map((tool) => ({ tool, score: fit(tool, asked) }))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  return best && (best.score > 0 || isForced) ? best.tool : undefined;
}

/** One call, or one for each place named when the tool takes a single name. */
function callsOf(tool: TurnTool, turn: Turn, words: Words): AnswerCall[] {
  const properties = Object.values(asObject(tool.schema.properties)).map(asObject);
  const texts = properties.filter((p) => String(p.type).toLowerCase() === "string" && !p.enum);
  const isList = /,| and /.test(words.text) && words.quoted.length === 0;
  const many = turn.parallelCalls && isList && texts.length === 1 && words.names.length > 1;
  const each = many ? words.names.map((name) => ({ ...words, names: [name] })) : [words];
  return each.map((own) => ({ name: tool.name, args: asObject(fill(tool.schema, own)) }));
}

function calculate(expression: string): number | undefined {
  const source = expression.replaceAll("x", "*").replaceAll("×", "*").replaceAll("÷", "/");
  const tokens = source.match(/\d+(?:\.\d+)?|[()*+/-]/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++];
    if (token === "-") return -atom();
    if (token !== "(") return Number(token);
    const value = sum();
    at++;
    return value;
  };
  const product = (): number => {
    let value = atom();
    while (tokens[at] === "*" || tokens[at] === "/") {
      value = tokens[at++] === "*" ? value * atom() : value / atom();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") {
      value = tokens[at++] === "+" ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : undefined;
}

function counted(text: string): string | undefined {
  const upTo = text.match(/count (?:from 1 )?to (\d+)/i)?.[1];
  if (upTo) return Array.from({ length: Number(upTo) }, (_, i) => i + 1).join(", ");
  const words = text.match(/\b(\d+) words\b/i)?.[1];
  return words && "word ".repeat(Number(words)).trim();
}

function rememberedName(turn: Turn): string | undefined {
  const said = turn.messages.map((m) => m.text).join("\n");
  return said.match(/my name is (\p{L}+)/iu)?.[1];
}

function freeText(turn: Turn, words: Words): string {
  const { text } = words;
  if (/\bjokes?\b/i.test(text)) return `${words.joke.setup} ${words.joke.punchline}`;
  const list = counted(text);
  if (list !== undefined) return list;
  if (/what(?: is|'s) my name/i.test(text)) {
    return `Your name is ${rememberedName(turn) ?? "unknown to me"}.`;
  }
  const value = words.arithmetic && calculate(words.arithmetic);
  if (value !== undefined && value !== "") return `${words.arithmetic} = ${value}`;
  const media = lastUser(turn)?.media ?? [];
  if (media.length > 0) return `I received ${media.join(", ")} and: ${text}`;
  return text ? `You said: ${text}` : "Hello.";
}

function topicOf(text: string): string {
  const about = text.match(
    /\babout (?:an? |the |some )?(\p{L}[\p{L} ]*?)(?=[.,;!?"]| in | and |$)/iu,
  );
  return about?.[1]?.trim().toLowerCase() ?? "programmers";
}

function cutAtStop(text: string, stop: string[]): { text: string; sequence?: string } {
  let cut: { text: string; sequence?: string } = { text };
  for (const sequence of stop) {
    const at = cut.text.indexOf(sequence);
    if (sequence && at !== -1) cut = { text: cut.text.slice(0, at), sequence };
  }
  return cut;
}

function inputTokens(turn: Turn): number {
  const said = turn.messages.reduce((sum, m) => sum + countTokens(m.text) + 4 + m.media.length, 0);
  const tools = turn.tools.length > 0 ? countTokens(JSON.stringify(turn.tools)) : 0;
  return said + tools + countTokens(turn.system) + 3;
}

/** Ends an answer where the turn's limits say so, and counts it. */
export function finishAnswer(
  turn: Turn,
  draft: { text: string; calls: AnswerCall[]; reasoning: string; finish?: Answer["finish"] },
): Answer {
  const stopped = cutAtStop(draft.text, turn.stop);
  const tokens = pieces(stopped.text);
  const isCut = turn.maxTokens !== undefined && tokens.length > turn.maxTokens;
  const text = isCut ? tokens.slice(0, turn.maxTokens).join("") : stopped.text;
  const reasoning = countTokens(draft.reasoning);
  const calls = draft.calls.length > 0 ? countTokens(JSON.stringify(draft.calls)) : 0;
  const finish = isCut ? "length" : draft.calls.length > 0 ? "tool_calls" : "stop";
  return {
    text,
    calls: isCut ? [] : draft.calls,
    reasoning: draft.reasoning,
    finish: draft.finish ?? finish,
    ...(stopped.sequence !== undefined && !isCut && { stopSequence: stopped.sequence }),
    usage: { input: inputTokens(turn), output: countTokens(text) + calls + reasoning, reasoning },
  };
}

/** Answers a turn by rule, the same every time. */
export function respond(given: Turn): Answer {
  const turn = withPromptedForm(given);
  const text = lastUser(turn)?.text ?? "";
  const told: Joke = joke(turn.provider, turn.model, topicOf(text), turn.choice);
  const words = readWords(text, told);
  const reasoning = turn.reasoning ? `The simulator reads: ${text.slice(0, 80)}` : "";
  const results = freshResults(turn);
  const tool = results.length === 0 ? chooseTool(turn, text) : undefined;
  if (tool) {
    return finishAnswer(turn, { text: "", calls: callsOf(tool, turn, words), reasoning });
  }
  const found = results.map((result) => result.text).join("\n");
  if (turn.schema || turn.json) {
    const heard = results.length > 0 ? readWords(`${text}\n${found}`, told) : words;
    const value = turn.schema
      ? fill(turn.schema, heard)
      : { answer: freeText(turn, heard), simulator: true };
    return finishAnswer(turn, { text: JSON.stringify(value), calls: [], reasoning });
  }
  const free = results.length > 0 ? found : freeText(turn, words);
  return finishAnswer(turn, { text: `${LABEL} ${free}`, calls: [], reasoning });
}
