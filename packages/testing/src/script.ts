/** Replies given by hand, in place of the rule-based ones. */
import { finishAnswer } from "./responder.ts";
import type { Answer, AnswerCall, Turn } from "./turn.ts";

/** A reply in full: what is left out is empty. */
export interface ScriptedReply {
  text?: string;
  reasoning?: string;
  calls?: AnswerCall[];
  finish?: Answer["finish"];
  /** Token counts in place of the simulator's own. */
  usage?: Partial<Answer["usage"]>;
}

/** A text, a reply in full, or a function that makes either from the request. */
export type Scripted = string | ScriptedReply | ((turn: Turn) => string | ScriptedReply);

/** The answer that a scripted reply stands for; the turn's `stop` and limit still cut it. */
export function answerFrom(scripted: Scripted, turn: Turn): Answer {
  const made = typeof scripted === "function" ? scripted(turn) : scripted;
  const reply: ScriptedReply = typeof made === "string" ? { text: made } : made;
  const { text = "", calls = [], reasoning = "", finish, usage } = reply;
  const answer = finishAnswer(turn, { text, calls, reasoning, finish });
  return { ...answer, usage: { ...answer.usage, ...usage } };
}
