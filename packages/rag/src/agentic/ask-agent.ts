/** `askAgent()`: an agent that searches as often as it wants, and an answer with citations all the same. */
import type { AnyTool, Message, Usage } from "@polycall/core";
import { type Answer, type AnswerTrace, answerTrace } from "../answer/answer.ts";
import { answerOf } from "../answer/ask.ts";
import { usualUnknown } from "../answer/known.ts";
import type { KnowledgeBase } from "../knowledge-base.ts";
import type { Retriever } from "../retrieval/passage.ts";
import type { TracedCall } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import { evidence } from "./evidence.ts";

/** An agent, by what is asked of it: `agent()` of `@polycall/agent`, or one of yours. */
export interface RunsAgents {
  run(input: Message[], options: { signal?: AbortSignal }): Promise<AgentOutcome>;
}

export interface AgentOutcome {
  /** What it said last. */
  text: string;
  /** "done" where it came to an end. */
  status?: string;
  /** What the run adds to the conversation. */
  messages?: readonly Message[];
  usage?: Usage;
  /** Dollars. */
  cost?: number;
}

export interface AskAgentOptions {
  /** What is searched, and what answers where the agent fails. */
  of: Pick<KnowledgeBase, "retriever" | "ask">;
  /** Makes the agent for one question. It gets the tools that its answer can cite from. */
  agent(tools: AnyTool[]): RunsAgents;
  /** How passages are found. Default: `of.retriever()` */
  retriever?: Retriever;
  /** Tools whose results can be cited, such as a database's: a citation of one tells the call. */
  cite?: readonly AnyTool[];
  /** What is in the documents, and when to look there. */
  description?: string;
  /** What the agent is told to say where nothing fits. Default: "I do not know: the documents do not say." */
  unknown?: string;
}

export interface AskAgentCall {
  /** The conversation before the question, oldest first. */
  history?: readonly Message[];
  signal?: AbortSignal;
}

/**
 * Has an agent answer with tools: a search over the knowledge base, and others. Passages are numbered across all
 * of its calls, and what the answer cites is resolved to its sources. Where the agent fails or says nothing, the
 * knowledge base answers, and the trace says so.
 * @throws what the agent has thrown, where the knowledge base cannot answer either
 */
export async function askAgent(
  { of, agent, cite = [], description, unknown = usualUnknown, ...options }: AskAgentOptions,
  question: string,
  { history = [], signal }: AskAgentCall = {},
): Promise<Answer> {
  const trace = answerTrace(question, history);
  const begun = performance.now();
  const { retriever = of.retriever() } = options;
  const given = evidence({ retriever, cite, description, trace, history });
  const input: Message[] = [
    ...history,
    {
      role: "user",
      content: `${question}\n\n(If what you find does not answer this, say only: ${unknown})`,
    },
  ];
  const told = (call: Partial<TracedCall>) => {
    const ms = Math.round(performance.now() - begun);
    trace.calls.push({
      ...{ purpose: "agent", model: "agent", messages: input, reply: "", ...call, ms },
    });
    return ms;
  };
  const plainly = async (why: string, failed: Partial<TracedCall>, error?: unknown) => {
    const ms = told(failed);
    let answer: Answer;
    try {
      answer = await of.ask(question, { history, ...(signal && { signal }) });
    } catch (plain) {
      checkAborted(signal);
      throw error ?? plain;
    }
    return fallenBack(answer, { trace, ms, unknown }, `${why}: the knowledge base answered`);
  };
  let outcome: AgentOutcome;
  try {
    outcome = await agent(given.tools).run(input, signal ? { signal } : {});
  } catch (error) {
    checkAborted(signal);
    return plainly(`the agent failed (${(error as Error).message})`, {}, error);
  }
  const { text, status, messages = [], usage, cost } = outcome;
  checkAborted(signal);
  const whole = { messages: [...input, ...messages], reply: text };
  const call = { ...whole, ...(usage && { usage }), ...(cost !== undefined && { cost }) };
  const early = status !== undefined && status !== "done";
  if (!text?.trim())
    return plainly(`the agent said nothing${early ? `: it is "${status}"` : ""}`, call);
  if (early) {
    trace.warnings.push(`askAgent: the agent did not come to an end: it is "${status}".`);
  }
  const ms = told(call);
  trace.passages = given.passages;
  trace.steps.push({
    ...{ technique: "askAgent", queries: given.queries, found: given.passages, ms },
  });
  return answerOf(text, trace, unknown);
}

/** The knowledge base's answer, with what was done and paid for before. */
function fallenBack(
  answer: Answer,
  before: { trace: AnswerTrace; ms: number; unknown: string },
  fallback: string,
): Answer {
  const { trace, text, known } = answer;
  for (const one of [...trace.steps, ...trace.calls]) if (one.at !== undefined) one.at += before.ms;
  trace.steps.unshift(...before.trace.steps);
  trace.calls.unshift(...before.trace.calls);
  trace.warnings.unshift(...before.trace.warnings);
  trace.steps.push({ technique: "askAgent", ms: before.ms, fallback });
  trace.warnings.push(`askAgent: ${fallback}.`);
  return { ...answerOf(text, trace, before.unknown), known };
}
