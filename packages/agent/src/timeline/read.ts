/** A run and the runs inside it, read from what was kept of them. */
import type { AssistantMessage, Message, Usage } from "@polycall/core";
import type { ApprovalRequest, Decision } from "../approval.ts";
import type { Judged } from "../guardrails.ts";
import type { JournalEntry, RunState } from "../journal.ts";
import type { CallRecord } from "../run.ts";

/** What was kept of a call of the model. */
export interface ModelCall {
  message: AssistantMessage;
  text: string;
  finish_reason: string | null;
  model: string;
  usage?: Usage;
  cost?: number;
  at: number;
  ms: number;
  /** Summaries that were made before it was asked. */
  compacted?: { replaced: number; by: Message[]; usage: Usage; cost?: number }[];
}

export interface Question {
  request: ApprovalRequest;
  askedAt: number;
  answeredAt?: number;
  decision?: Decision;
}

export interface ToolCall {
  /** "2.0". */
  id: string;
  name: string;
  args: unknown;
  /** When it was begun; more than once after a crash. */
  begunAt: number[];
  /** Its result, where it came to one. */
  record?: CallRecord;
  questions: Question[];
  /** The run that a sub-agent made of it. */
  inner?: ReadRun;
}

export interface Step {
  step: number;
  agent: string;
  model: ModelCall;
  calls: ToolCall[];
}

export interface ReadRun {
  runId: string;
  agent: string;
  session?: string;
  input: Message[];
  at: number;
  steps: Step[];
  /** How it ended, where it did. */
  end?: { status: string; reason?: string; at: number };
}

/**
 * @param states of the run, and of those inside it
 * @throws nothing: what was kept half is shown half
 */
export function readRun(states: readonly RunState[], runId: string): ReadRun | undefined {
  const state = states.find((one) => one.runId === runId);
  const head = state?.entries[0];
  if (!state || head?.type !== "run") return undefined;
  const run: ReadRun = {
    runId,
    agent: head.agent,
    ...(head.session !== undefined && { session: head.session }),
    input: asMessages(head.input),
    at: head.at,
    steps: [],
  };
  const kept = new Map<string, JournalEntry & { type: "step" }>();
  for (const entry of state.entries) {
    if (entry.type === "step") kept.set(entry.name, entry);
    if (entry.type === "end") {
      const { status, reason, at } = entry;
      run.end = { status, at, ...(reason !== undefined && { reason }) };
    }
  }
  let { agent } = run;
  for (let step = 1; kept.has(`model ${step}`); step++) {
    const model = judged(
      kept.get(`model ${step}`)!.value as unknown as ModelCall,
      kept.get(`guard output ${step}`)?.value as Judged<string> | undefined,
    );
    const calls = (model.message.tool_calls ?? []).map((call, index): ToolCall => {
      const id = `${step}.${index}`;
      const record = recordOf(kept, id);
      const inner = readRun(states, `${runId}/${id}`);
      return {
        id,
        name: call.type === "function" ? call.function.name : call.custom.name,
        args:
          record?.args ??
          written(call.type === "function" ? call.function.arguments : call.custom.input),
        begunAt: state.entries.flatMap((entry) =>
          entry.type === "begin" && entry.name.split("!")[0] === `call ${id}` ? [entry.at] : [],
        ),
        ...(record && { record }),
        questions: questionsOf(state.entries, `${runId}:${id}`),
        ...(inner && { inner }),
      };
    });
    run.steps.push({ step, agent, model, calls });
    const handOff = calls.find(({ record }) => record?.handOff)?.record?.handOff;
    if (handOff) agent = handOff.replace(/^transfer_to_/, "");
  }
  return run;
}

/** What the model said, as the guardrails let it stand. */
function judged(said: ModelCall, verdict: Judged<string> | undefined): ModelCall {
  if (!verdict || ("pass" in verdict && verdict.pass === said.text)) return said;
  const text = "pass" in verdict ? verdict.pass : "";
  return { ...said, text, message: { role: "assistant", content: text } };
}

/** The result of a call: of its last try, where a person had it run again after a crash. */
function recordOf(
  kept: ReadonlyMap<string, JournalEntry & { type: "step" }>,
  id: string,
): CallRecord | undefined {
  const tries = [...kept.values()].filter(({ name }) => name.split("!")[0] === `call ${id}`);
  const records = tries.map(({ value }) => value as unknown as CallRecord);
  // A try that was interrupted has no content.
  return records.findLast(({ content }) => content !== undefined);
}

/** Those about one call: before it, and about its outcome after a crash. */
function questionsOf(entries: readonly JournalEntry[], callId: string): Question[] {
  const questions = new Map<string, Question>();
  for (const entry of entries) {
    if (entry.type === "ask" && entry.request.id.split("!")[0] === callId) {
      questions.set(entry.request.id, { request: entry.request, askedAt: entry.at });
    }
    const asked = entry.type === "answer" && questions.get(entry.id);
    if (asked) Object.assign(asked, { answeredAt: entry.at, decision: entry.decision });
  }
  return [...questions.values()];
}

/** A sub-agent's input is a text. */
const asMessages = (input: unknown): Message[] =>
  typeof input === "string" ? [{ role: "user", content: input }] : (input as Message[]);

function written(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return text;
  }
}

/** The tokens and dollars of a call of the model, with the summaries before it. */
export function spentOn({ usage, cost, compacted = [] }: ModelCall): Spent {
  const tokens = compacted.reduce(
    (sum, one) => sum + one.usage.total_tokens,
    usage?.total_tokens ?? 0,
  );
  const dollars = compacted.reduce<number | undefined>((sum, one) => add(sum, one.cost), cost);
  return { tokens, ...(dollars !== undefined && { cost: dollars }) };
}

export interface Spent {
  tokens: number;
  /** Absent where it is not known. */
  cost?: number;
}

/** The tokens and dollars of a run that may not have ended. */
export function spentIn(run: ReadRun): Spent {
  let tokens = 0;
  let cost: number | undefined = 0;
  for (const { model, calls } of run.steps) {
    const own = spentOn(model);
    tokens += own.tokens;
    cost = add(cost, own.cost);
    for (const { inner } of calls) {
      if (!inner) continue;
      const below = spentIn(inner);
      tokens += below.tokens;
      cost = add(cost, below.cost);
    }
  }
  return { tokens, ...(cost !== undefined && { cost }) };
}

const add = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a + b;
