/** A run as it happens: its events, and the run when it has ended. */
import { type AnyTool, InvalidRequestError } from "@polycall/core";
import { type AgentEvent, EventQueue } from "./events.ts";
import type { Run } from "./run.ts";
import type { Outlet } from "./runner.ts";

/**
 * An async iterable of the run's events, read once. Leaving the loop ends the run (RunError "aborted"; it
 * can be resumed), `final()` gives the run.
 */
export class RunStream<Output = unknown, Tools extends readonly AnyTool[] = readonly AnyTool[]>
  implements AsyncIterable<AgentEvent<Tools>>
{
  readonly #queue = new EventQueue<AgentEvent>();
  readonly #run: Promise<Run<Output>>;
  readonly #controller = new AbortController();
  #ended = false;
  #iterating = false;

  /** Made by `agent.stream()`. @param start begins the run; it ends with the signal that it is given */
  constructor(
    start: (outlet: Outlet, signal: AbortSignal) => Promise<Run<Output>>,
    signal?: AbortSignal,
  ) {
    const both = signal
      ? AbortSignal.any([signal, this.#controller.signal])
      : this.#controller.signal;
    const outlet = { emit: (event: AgentEvent) => this.#queue.push(event) };
    this.#run = start(outlet, both).finally(() => {
      this.#ended = true;
      this.#queue.end();
    });
    this.#run.catch(() => {});
  }

  /** @throws InvalidRequestError for a second reader */
  [Symbol.asyncIterator](): AsyncIterator<AgentEvent<Tools>> {
    if (this.#iterating) {
      throw new InvalidRequestError("A run's stream is read once. Use final() for the whole run.");
    }
    this.#iterating = true;
    return {
      next: async () => {
        const next = await this.#queue.next();
        // A run that broke off breaks the loop that reads it.
        if (next.done) await this.#run;
        return next as IteratorResult<AgentEvent<Tools>>;
      },
      return: async () => {
        if (!this.#ended) this.#controller.abort();
        this.#queue.end();
        return { value: undefined, done: true };
      },
    };
  }

  /** The text as it comes, of the agent itself, not of its sub-agents. Reads the stream as the loop does. */
  get textStream(): AsyncIterable<string> {
    return textOf(this);
  }

  /**
   * The run, when it has ended. It waits for no reader: events that nobody has begun to read are passed over.
   * @throws RunError
   */
  final(): Promise<Run<Output>> {
    this.#queue.release();
    return this.#run;
  }
}

async function* textOf(stream: AsyncIterable<AgentEvent>): AsyncGenerator<string> {
  for await (const event of stream) if (event.type === "text") yield event.delta;
}
