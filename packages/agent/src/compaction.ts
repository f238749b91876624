/** A conversation that grows too long for its model: its older part is replaced by a summary of it. */
import type { CompletionInput, Message, Usage } from "@polycall/core";
import { type ActiveRun, endless } from "./active.ts";
import { instructionsCount } from "./begin.ts";
import { bareName, catalogue } from "./catalogue.ts";
import type { Spent } from "./limits.ts";
import { addUsage, noUsage } from "./run.ts";
import type { Spending } from "./spend.ts";

export interface CompactionOptions {
  /** The share of the context window from which on the conversation is compacted. Default 0.85. */
  at?: number;
  /** The share of the context window that stays as it is, the newest part. Default 0.1. */
  keep?: number;
  /** Tokens that the model's window has, where the catalogue does not know. */
  contextWindow?: number;
  /** What writes the summary. Default: the agent's own model, which has the prompt in its cache. */
  model?: string;
  /** What the summary is to hold. */
  instructions?: string;
}

/** What was done: the first `replaced` messages after the instructions are now those of `by`. */
export interface Compaction {
  /** 0 where the model wrote no summary, which has its cost all the same. */
  replaced: number;
  by: Message[];
  /** How many messages the run had added until then. */
  at: number;
  usage: Usage;
  cost?: number;
  spent: Spent;
}

/** Asks a model, within the run's budgets. */
export type AskModel = (
  input: CompletionInput,
) => Promise<Pick<Spending, "text" | "usage" | "cost" | "spent">>;

const usualInstructions =
  "The conversation so far is about to be removed; you will go on from your summary of it alone. Write that summary now, for yourself. Keep: what the user wants and has decided; names, numbers, ids, paths and dates as they stand; what was done and what came of it, with the results that still matter; what failed and why; what is open, and what you were about to do. Leave out what no longer matters. Write text only and call no tool.";

/** The share of the window from which on it is compacted, where nothing is said. */
const usualShare = 0.85;

/** A piece to be summarised may fill so much of the window. */
const pieceShare = 0.7;

/**
 * Compacts where the prompt comes near the window. Calls of tools and their results stay together, the
 * messages that stay are the same objects with all that their provider needs back, and the request that
 * makes the summary begins as the last one did, so that it is read from the provider's cache.
 */
export async function compact(
  run: ActiveRun,
  ask: AskModel,
  force: boolean,
): Promise<Compaction | undefined> {
  const options = run.agent.compaction;
  if (options === false) return undefined;
  const { at = usualShare, keep = 0.1 } = options;
  const { model } = run.agent;
  const known = await windowOf(run);
  if (!force && isFar(run)) return undefined;
  const { estimateTokens } = await catalogue();
  const upTo = (messages: readonly Message[], tools?: unknown) => {
    const estimate = estimateTokens(bareName(model), {
      messages,
      ...(tools !== undefined && { tools }),
    });
    return Math.ceil(estimate.tokens * (1 + estimate.error));
  };
  const empty = upTo([]);
  const tokens = (messages: readonly Message[]) => upTo(messages) - empty;
  const { measured } = run;
  // What the provider counted, and an estimate of what is new.
  const prompt = measured
    ? measured.tokens + tokens(run.messages.slice(measured.messages))
    : upTo(run.messages, run.agent.offered);
  const window = Math.min(known ?? prompt, force ? prompt : Number.POSITIVE_INFINITY);
  if (prompt <= window * at && !force) return undefined;
  const start = instructionsCount(run);
  const first = start + toldFirst(run.messages.slice(start));
  const end = cutAt(run.messages, first, window * keep, tokens);
  if (end <= first) return undefined;
  const head = run.messages.slice(0, first);
  const wish: Message = { role: "user", content: options.instructions ?? usualInstructions };
  let usage = noUsage;
  let cost: number | undefined = 0;
  const spent = { steps: 0, tokens: 0, cost: 0 };
  let by: Message | undefined;
  const done = (replaced: number, messages: Message[]): Compaction => {
    const { length: at } = run.added;
    return { replaced, by: messages, at, usage, ...(cost !== undefined && { cost }), spent };
  };
  for (const piece of pieces(run.messages.slice(first, end), window * pieceShare, tokens)) {
    const request = {
      ...run.agent.params,
      model: options.model ?? model,
      messages: [...head, ...(by ? [by] : []), ...piece, wish],
      ...(run.agent.offered.length > 0 && { tools: run.agent.offered }),
      ...(run.signal !== endless && { signal: run.signal }),
    };
    let text = "";
    // With another tool_choice, some providers read nothing from their cache: only for one that would not write.
    for (const input of [request, { ...request, tool_choice: "none" as const }]) {
      const reply = await ask(input);
      usage = addUsage(usage, reply.usage);
      cost = cost === undefined || reply.cost === undefined ? undefined : cost + reply.cost;
      for (const key of ["steps", "tokens", "cost"] as const) spent[key] += reply.spent[key];
      text = reply.text.trim();
      if (text) break;
    }
    if (!text) return done(0, []);
    by = {
      role: "user",
      content: `<summary_of_earlier_conversation>\n${text}\n</summary_of_earlier_conversation>`,
    };
  }
  return done(end - start, [...head.slice(start), by!]);
}

/** Whether it is known, at a glance, that nothing is to be compacted now. */
export function isFar(run: ActiveRun): boolean {
  const { compaction, model } = run.agent;
  if (compaction === false) return true;
  const { at = usualShare, contextWindow } = compaction;
  if (contextWindow === undefined && run.window?.model !== model) return false;
  const known = contextWindow ?? run.window?.tokens;
  return known === undefined || lettersUpTo(run) <= known * at;
}

/** How many messages at the beginning say how to behave: they stay. */
function toldFirst(messages: readonly Message[]): number {
  const other = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  return other < 0 ? messages.length : other;
}

/** What was compacted is taken in, now or when an earlier process did it. */
export function takeCompaction(run: ActiveRun, done: Compaction): void {
  run.bill(done.usage, done.cost);
  if (done.replaced === 0) return;
  run.messages.splice(instructionsCount(run), done.replaced, ...done.by);
  run.measured = undefined;
  // After a hand-off that passed on a part only, what is replaced is no beginning of the session.
  if (!run.filtered) run.compactions.push(done);
}

/** Tokens that the model's window has; undefined where nobody knows. Asked for once a run and model. */
async function windowOf(run: ActiveRun): Promise<number | undefined> {
  const { model, compaction } = run.agent;
  if (compaction && compaction.contextWindow !== undefined) return compaction.contextWindow;
  if (run.window?.model !== model) {
    const { models } = await catalogue();
    run.window = { model, tokens: models.get(model)?.contextWindow };
  }
  return run.window.tokens;
}

/** More tokens than the prompt has, cheaply: what the provider counted, and the letters of what is new. */
function lettersUpTo({ measured, messages, agent }: ActiveRun): number {
  let letters = measured?.tokens ?? lettersOfTools(agent);
  for (let at = measured?.messages ?? 0; at < messages.length; at++) {
    const message = messages[at]!;
    const { content } = message;
    letters +=
      typeof content === "string" && message.role !== "assistant"
        ? content.length
        : lengthOf(message);
  }
  return letters;
}

const lengthOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;

const toolLetters = new WeakMap<object, number>();

function lettersOfTools({ offered }: ActiveRun["agent"]): number {
  const known = toolLetters.get(offered) ?? lengthOf(offered);
  toolLetters.set(offered, known);
  return known;
}

/**
 * Where the part that stays begins: the last place where it is no longer than it may be. A result never
 * begins it, since its call would be cut off.
 */
function cutAt(
  messages: readonly Message[],
  first: number,
  most: number,
  tokens: (messages: readonly Message[]) => number,
): number {
  let kept = 0;
  let cut = messages.length;
  for (let at = messages.length - 1; at > first; at--) {
    kept += tokens([messages[at]!]);
    if (kept > most && cut < messages.length) break;
    if (!isResult(messages[at]!)) cut = at;
  }
  return cut === messages.length ? first : cut;
}

const isResult = ({ role }: Message) => role === "tool" || role === "function";

/** Parts that fit, calls and their results together; a single one that is too long is a part of its own. */
function pieces(
  messages: readonly Message[],
  most: number,
  tokens: (messages: readonly Message[]) => number,
): Message[][] {
  const parts: Message[][] = [];
  let length = 0;
  for (const group of grouped(messages)) {
    const more = tokens(group);
    if (parts.length === 0 || length + more > most) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)!.push(...group);
    length += more;
  }
  return parts;
}

/** Each message with the results that follow it. */
function grouped(messages: readonly Message[]): Message[][] {
  const groups: Message[][] = [];
  for (const message of messages) {
    if (isResult(message) && groups.length > 0) groups.at(-1)!.push(message);
    else groups.push([message]);
  }
  return groups;
}
