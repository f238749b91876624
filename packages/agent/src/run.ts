/** A run as its user gets it: what came of it, what it did, what it cost. */
import type { FinishReason, Message, Usage } from "@polycall/core";
import type { ApprovalRequest } from "./approval.ts";
import type { RunState } from "./journal.ts";
import type { Content } from "./output.ts";
import type { PlanItem } from "./plan.ts";
import type { Json } from "./store.ts";

/**
 * "done": it has answered; "stopped": a condition of `stopWhen` ended it; "waiting": a person is asked;
 * "blocked": a guardrail said no.
 */
export type RunStatus = "done" | "stopped" | "waiting" | "blocked";

/** One call of a tool, as it was kept. */
export interface CallRecord {
  /** Which call: step, and place in the step. */
  id: string;
  toolCallId: string;
  name: string;
  args: Json;
  content: Content;
  isError: boolean;
  /** ms since 1970 at which it began, and ms that it took. */
  at: number;
  ms: number;
  idempotencyKey: string;
  /** What a person decided about it. */
  decision?: string;
  /** The arguments were not valid as the model wrote them. */
  repaired?: true;
  /** The run that a sub-agent made of it. */
  runId?: string;
  /** What the budgets counted of it. */
  spent?: { steps: number; tokens: number; cost: number };
  /** Dollars that it cost; absent where one is not known. */
  cost?: number;
  usage?: Usage;
  /** The effects that it has had. */
  ledger?: LedgerLine[];
  /** The agent that has taken over. */
  handOff?: string;
  /** The result was longer than the model was shown. */
  cut?: true;
  /** What the tool keeps in the run's state. */
  state?: { [key: string]: Json };
  /** Text from outside came with it. */
  outside?: true;
  /** What was decided for good inside it. */
  always?: { [key: string]: "approve" | "reject" };
}

/** One turn of the loop: a call of the model, and what it asked for. */
export interface StepRecord {
  step: number;
  agent: string;
  /** As asked for: "provider/model". */
  model: string;
  text: string;
  reasoning?: string;
  finish_reason: FinishReason | null;
  usage?: Usage;
  /** Dollars; absent where it is not known. */
  cost?: number;
  /** ms since 1970 at which the model was asked, and ms until it had answered. */
  at: number;
  ms: number;
  calls: CallRecord[];
}

/** An effect that a run has had: a call of a tool, here or in a sub-agent. */
export interface LedgerLine {
  /** Which call: step, and place in the step. */
  id: string;
  /** The run that it is part of: this one, or one inside it. */
  runId: string;
  tool: string;
  idempotencyKey: string;
  /** How often it was begun: more than once where a process died before its result was kept. */
  begun: number;
  /** "done": its result is kept; "failed": so is its error; "unknown": nobody knows whether it had its effect. */
  outcome: "done" | "failed" | "unknown";
  /** What a person decided about it. */
  decision?: string;
}

export interface Run<Output = unknown> {
  runId: string;
  agent: string;
  status: RunStatus;
  /** The answer; with an `output` schema its value. Absent until the run is done; text is there as far as it came. */
  output: Output;
  /** What the model said last, also where it did not come to an end. */
  text: string;
  /** Which condition, and in words why. */
  stoppedBy?: { condition: string; message: string };
  /** What is asked, here and in sub-agents: answer with `agent.resume(runId, { decisions })`. */
  pending: ApprovalRequest[];
  /** What the run adds to its conversation: the input, the model's turns, results of tools. */
  messages: Message[];
  steps: StepRecord[];
  plan: PlanItem[];
  /** Of all calls of models, those of sub-agents included. */
  usage: Usage;
  /** Dollars, those of sub-agents included; absent where one is not known. */
  cost?: number;
  ledger: LedgerLine[];
  /** All that is kept of the run, as one JSON object. */
  state: RunState;
  /**
   * The run as a page to look at: a timeline of its steps, calls and sub-agents, what they used and cost, its
   * plan, questions and conversation. Complete in itself; no script runs in it and nothing is fetched. Not
   * enumerable.
   */
  toHTML(): Promise<string>;
}

/** Adds up what was used. */
export function addUsage(sum: Usage, more: Usage | undefined): Usage {
  if (!more) return sum;
  const added: Usage = {
    prompt_tokens: sum.prompt_tokens + more.prompt_tokens,
    completion_tokens: sum.completion_tokens + more.completion_tokens,
    total_tokens: sum.total_tokens + more.total_tokens,
  };
  for (const key of ["prompt_tokens_details", "completion_tokens_details"] as const) {
    const details = addCounts(sum[key], more[key]);
    if (details) added[key] = details;
  }
  return added;
}

function addCounts<T extends { [key: string]: number | undefined }>(
  a: T | undefined,
  b: T | undefined,
): T | undefined {
  if (!a || !b) return b ?? a;
  const sum: { [key: string]: number | undefined } = { ...a };
  for (const [key, count] of Object.entries(b)) {
    if (typeof count === "number") sum[key] = (sum[key] ?? 0) + count;
  }
  return sum as T;
}

export const noUsage: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
