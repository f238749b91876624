/** What happens in a run, as it happens. */
import type { AnyTool, ToolCallOf, Usage } from "@polycall/core";
import type { ApprovalRequest } from "./approval.ts";
import type { PlanItem } from "./plan.ts";
import type { StepRecord } from "./run.ts";
import type { Json } from "./store.ts";

/** `tool_call` is told apart further by `name`, which types `args`. */
export type AgentEvent<Tools extends readonly AnyTool[] = readonly AnyTool[]> =
  | { type: "run_start"; runId: string; agent: string }
  | { type: "step_start"; step: number; agent: string; model: string }
  | { type: "text"; delta: string }
  | { type: "reasoning"; delta: string }
  /** A piece of a call's arguments, as the model writes them. */
  | { type: "tool_arguments"; toolCallId: string; name: string; delta: string }
  | ({ type: "tool_call"; toolCallId: string } & CallEvent<Tools>)
  | { type: "tool_progress"; toolCallId: string; name: string; value: Json }
  | {
      type: "tool_result";
      toolCallId: string;
      name: string;
      /** As the model is shown it: text, or the text of its parts. */
      text: string;
      isError: boolean;
      ms: number;
    }
  /** Something for the user interface, from a tool's `emit`. */
  | { type: "data"; name: string; data: Json; toolCallId: string }
  | { type: "approval"; request: ApprovalRequest }
  | { type: "plan"; plan: readonly PlanItem[] }
  | { type: "hand_off"; from: string; to: string }
  | { type: "usage"; usage: Usage; cost?: number }
  /** A step has ended: the model's words, its calls and their results. */
  | { type: "step"; step: StepRecord }
  | { type: "notice"; name: "repeated_call" | "compacted" | "output_cut"; message: string }
  /** An event of a sub-agent, which the call started. */
  | { type: "agent"; toolCallId: string; agent: string; event: AgentEvent }
  | { type: "run_end"; runId: string; status: string };

type CallEvent<Tools> =
  ToolCallOf<Tools> extends infer Call
    ? Call extends { name: infer Name; args: infer Args }
      ? { name: Name; args: Args }
      : never
    : never;

/** How many events may wait before the model's stream is held up. */
const most = 256;

/** Something that any number may wait for. */
class Gate {
  #waiting: Promise<void> | undefined;
  #open: () => void = () => {};

  wait(): Promise<void> {
    this.#waiting ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    return this.#waiting;
  }

  open(): void {
    this.#open();
    this.#waiting = undefined;
  }
}

/** Events between the run that makes them and the loop that reads them. */
export class EventQueue<T> {
  #events: T[] = [];
  #at = 0;
  #ended = false;
  #reading = false;
  /** Nobody waits for the reader any more. */
  #free = false;
  readonly #arrival = new Gate();
  readonly #room = new Gate();

  /** @returns a promise where the reader is behind; who can wait should */
  push(event: T): Promise<void> | undefined {
    if (this.#free && !this.#reading) return undefined;
    this.#events.push(event);
    this.#arrival.open();
    return this.#free || this.#ended || this.#events.length - this.#at < most
      ? undefined
      : this.#room.wait();
  }

  /** The run waits for no reader: what nobody has begun to read is passed over. */
  release(): void {
    this.#free = true;
    this.#room.open();
  }

  end(): void {
    this.#ended = true;
    this.#arrival.open();
    this.#room.open();
  }

  async next(): Promise<IteratorResult<T>> {
    this.#reading = true;
    while (this.#at === this.#events.length) {
      if (this.#ended) return { value: undefined, done: true };
      await this.#arrival.wait();
    }
    const value = this.#events[this.#at++]!;
    if (this.#at >= most || this.#at === this.#events.length) {
      this.#events = this.#events.slice(this.#at);
      this.#at = 0;
      this.#room.open();
    }
    return { value, done: false };
  }
}
