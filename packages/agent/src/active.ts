/** A run while it runs: what the loop knows of it in this process. */
import type { AnyTool, FunctionTool, Message, Usage } from "@polycall/core";
import type { ApprovalRequest, Decision } from "./approval.ts";
import type { Compaction } from "./compaction.ts";
import type { Definition } from "./definition.ts";
import type { Durable } from "./durable.ts";
import { Stopped } from "./errors.ts";
import type { AgentEvent } from "./events.ts";
import type { Budget, Progress, StopCondition } from "./limits.ts";
import { type Observer, type SpanEnd, type SpanInfo, unobserved } from "./observer.ts";
import { readOutputTool } from "./read-output.ts";
import { addUsage, type CallRecord, noUsage, type StepRecord } from "./run.ts";
import type { Json, Store } from "./store.ts";

/** Who answers questions in this process, if anybody does. */
export type Approver = (
  request: ApprovalRequest,
) => Decision | undefined | Promise<Decision | undefined>;

/** What a run and all runs inside it share. */
export interface Shared {
  readonly store: Store;
  /** What the tools are given. */
  readonly context: unknown;
  readonly session: string | undefined;
  readonly approve: Approver | undefined;
  readonly observe: Observer;
  /** "approve" or "reject" for all calls of a tool by an agent: `PATH/TOOL`. */
  readonly always: Map<string, "approve" | "reject">;
  keepAlways(key: string, action: "approve" | "reject"): Promise<void>;
  /** Carries a run out, to whichever end. Handed down, since a run may be part of another. */
  conduct(run: ActiveRun): Promise<Ending>;
}

/** How a run ended. */
export type Ending =
  | { status: "done"; output: unknown }
  | { status: "waiting"; pending: ApprovalRequest[]; output?: undefined }
  | { status: "stopped"; condition: string; message: string; output?: undefined }
  | { status: "blocked"; message: string; output?: undefined };

export type Emit = (event: AgentEvent) => Promise<void> | undefined;

/** Of a run that nobody can end: nothing need listen to it. */
export const endless: AbortSignal = new AbortController().signal;

/** The longest time that a timer takes; it ends at once if it is given more. */
const longest = 2 ** 31 - 1;

/** A timer; none for a time that never comes. */
export const after = (ms: number, work: () => void) =>
  ms <= longest ? setTimeout(work, ms) : undefined;

export class ActiveRun {
  readonly durable: Durable;
  readonly shared: Shared;
  readonly budget: Budget;
  /** Ends with the caller's, or when the run's time is up. */
  signal: AbortSignal;
  readonly emit: Emit;
  readonly streaming: boolean;
  /** The agent that has the word: another one after a hand-off. */
  agent: Definition;
  /**
   * How the agent that has the word was reached: "lead/scout>clerk", by a call, then a hand-off. It tells agents
   * of one name apart, in every process.
   */
  path: string;
  /** Whose answer it is to be: the agent that the run was begun with. */
  readonly owner: Definition;
  /** What the run was asked. */
  readonly input: Message[];
  /** What was said before in its session. */
  readonly history: readonly Message[];
  /** How often the answer did not fit its schema; whether the plan's open items were named. */
  corrections = 0;
  reminded = false;
  /** What the model is shown: instructions, what was said before, what this run adds. */
  messages: Message[] = [];
  /** The first of them is the agent's instructions. */
  instructed = false;
  /** A hand-off has left out some of what was said. */
  filtered = false;
  /** What this run adds. */
  readonly added: Message[] = [];
  readonly steps: StepRecord[] = [];
  readonly state = new Map<string, Json>();
  /** In how many steps a tool was called with the same arguments, and the last of them. */
  readonly repeats = new Map<string, { steps: number; last: number }>();
  /** What was decided for good in this run and those inside it. */
  readonly always = new Map<string, "approve" | "reject">();
  /** The runs that have run inside it in this process. */
  readonly inside: ActiveRun[] = [];
  /** What was replaced by summaries. */
  readonly compactions: Compaction[] = [];
  /** What comes is new, and not what an earlier process has kept. */
  live = false;
  /** The model gets nowhere: why it is not asked again. */
  stop: Stopped | undefined;
  /** Text from outside is in the conversation. */
  outside = false;
  /** There is more of a result than the model was shown. */
  hasCut = false;
  usage: Usage = noUsage;
  cost: number | undefined = 0;
  /** What the model has said of a reply that has not ended. */
  partial = "";
  /** How many tokens the prompt had last; how many messages they were, for which model, with which tools. */
  measured: { tokens: number; messages: number; model: string; tools: string } | undefined;
  /** Names of the tools that this step offers; undefined: all. */
  offered: readonly string[] | undefined;
  /** The last reply was held to what was left of a budget, and cut. */
  cut = false;
  /** Tokens of the model's context window, where known. */
  window: { model: string; tokens: number | undefined } | undefined;
  #clock: ReturnType<typeof setTimeout> | undefined;
  #elapsedBefore = 0;
  #since = performance.now();

  constructor(of: {
    durable: Durable;
    shared: Shared;
    budget: Budget;
    signal: AbortSignal;
    emit: Emit;
    streaming: boolean;
    agent: Definition;
    path: string;
    input: Message[];
    history: readonly Message[];
  }) {
    this.durable = of.durable;
    this.shared = of.shared;
    this.budget = of.budget;
    this.signal = of.signal;
    this.emit = of.emit;
    this.streaming = of.streaming;
    this.agent = of.agent;
    this.owner = of.agent;
    this.path = of.path;
    this.input = of.input;
    this.history = of.history;
  }

  /** The tool of the agent that has the word. */
  toolNamed(name: string): AnyTool | undefined {
    if (name === readOutputTool.function.name && this.hasCut) return readOutputTool;
    return !this.offered || this.offered.includes(name) ? this.agent.tools.get(name) : undefined;
  }

  /** The tools of this step, as they are sent. */
  get toolsNow(): readonly FunctionTool[] {
    const { offered, hasCut, agent } = this;
    const own = offered
      ? agent.offered.filter(({ function: { name } }) => offered.includes(name))
      : agent.offered;
    return hasCut ? [...own, readOutputTool as FunctionTool] : own;
  }

  get conditions(): readonly StopCondition[] {
    return this.owner.stopWhen ?? [];
  }

  get runId(): string {
    return this.durable.runId;
  }

  /** Does a part of the run, seen by whoever observes it: where nobody does, nothing is said of it. */
  observe<T>(span: () => SpanInfo, work: (end: (known: () => SpanEnd) => void) => Promise<T>) {
    const { observe = unobserved } = this.shared;
    if (observe === unobserved) return work(() => {});
    return observe(span(), (end) => work((known) => end(known())));
  }

  /** ms of work, also in earlier processes. */
  get elapsedMs(): number {
    return this.#elapsedBefore + performance.now() - this.#since;
  }

  /** An earlier process had worked so long when it wrote this. */
  elapsed(ms: number): void {
    this.#elapsedBefore = ms;
    this.#since = performance.now();
  }

  /** From now on what comes is new; ends the run when its time is up. */
  goLive(): void {
    this.live = true;
    if (this.#clock) return;
    const limits = this.conditions.flatMap((one) =>
      typeof one === "object" && one.kind === "time" ? [one.limit] : [],
    );
    if (limits.length === 0) return;
    const limit = Math.min(...limits);
    const controller = new AbortController();
    this.signal = AbortSignal.any([this.signal, controller.signal]);
    const up = () => controller.abort(new Stopped("time", `${limit} ms of work are over.`));
    this.#clock = after(Math.max(0, limit - this.elapsedMs), up);
  }

  /** Ends the run before the next call of the model; one that was resumed since goes on. */
  stopNext(why: Stopped): void {
    if (this.live) this.stop = why;
  }

  stopClock(): void {
    clearTimeout(this.#clock);
  }

  add(message: Message): void {
    this.messages.push(message);
    this.added.push(message);
  }

  /** Takes back what the model said last. @returns says it after all, as a guardrail lets it stand */
  holdBack(): (text: string) => void {
    const { text: said, reasoning, ...step } = this.steps.pop()!;
    const message = this.added.pop()!;
    this.messages.pop();
    this.steps.push({ ...step, text: "" });
    return (text) => {
      const whole = text === said;
      Object.assign(this.steps.at(-1)!, { text, ...(whole && reasoning && { reasoning }) });
      this.add(whole ? message : { role: "assistant", content: text });
    };
  }

  /** A person has decided for all calls of a tool by an agent. */
  keepAlways(key: string, action: "approve" | "reject"): void {
    this.shared.always.set(key, action);
    this.always.set(key, action);
  }

  /** The last step is over. */
  endStep(): void {
    if (this.live) this.emit({ type: "step", step: this.steps.at(-1)! });
  }

  /** What the model said last, a reply that broke off included. */
  get lastText(): string {
    return this.partial || (this.steps.findLast(({ text }) => text)?.text ?? "");
  }

  get progress(): Progress {
    const last = this.steps.at(-1);
    return {
      ...this.budget.spent,
      elapsedMs: this.elapsedMs,
      lastCalls: last?.calls.map(({ name }) => name) ?? [],
      lastText: this.lastText,
    };
  }

  /** What a call of a tool has changed, now or in an earlier process. */
  take(record: CallRecord): void {
    const { state, always } = record;
    if (state) for (const [key, value] of Object.entries(state)) this.state.set(key, value);
    if (record.outside) this.outside = true;
    if (record.cut) this.hasCut = true;
    if (always) for (const [key, action] of Object.entries(always)) this.keepAlways(key, action);
  }

  bill(usage: Usage | undefined, cost: number | undefined): void {
    if (usage) this.usage = addUsage(this.usage, usage);
    this.cost = this.cost === undefined || cost === undefined ? undefined : this.cost + cost;
  }
}
