/** The four timeouts of an exchange, kept by one timer that is set about once a call. */
import type { Timeouts } from "./types.ts";

const longestTimer = 2 ** 31 - 1;

/**
 * At most one of connect, firstByte and idle runs at a time, beside total. A later deadline leaves
 * the timer alone: when it rings too early it is set again. So waiting for a chunk costs a clock
 * reading, not a timer.
 */
export class Deadlines {
  readonly #timeouts: Timeouts;
  readonly #expired: (phase: keyof Timeouts) => void;
  readonly #totalAt: number;
  #phase: keyof Timeouts = "total";
  #phaseAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /** @param expired called once with the timeout that ran out; everything is stopped by then */
  constructor(timeouts: Timeouts, expired: (phase: keyof Timeouts) => void) {
    this.#timeouts = timeouts;
    this.#expired = expired;
    this.#totalAt = performance.now() + (timeouts.total ?? Infinity);
    this.#arm();
  }

  /** Starts a phase's timeout in place of the one that ran. */
  enter(phase: "connect" | "firstByte" | "idle"): void {
    this.#phase = phase;
    this.#phaseAt = performance.now() + (this.#timeouts[phase] ?? Infinity);
    this.#arm();
  }

  /** Nobody waits: only the total timeout runs. */
  rest(): void {
    this.#phaseAt = Infinity;
  }

  /** Ends them all. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerAt = 0; // Nothing is ever due before this, so nothing is armed again.
  }

  #arm(): void {
    const due = Math.min(this.#phaseAt, this.#totalAt);
    if (due >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = due;
    const ms = Math.max(0, Math.ceil(due - performance.now()));
    this.#timer = setTimeout(this.#ring, Math.min(ms, longestTimer));
  }

  readonly #ring = (): void => {
    this.#timerAt = Infinity;
    const now = performance.now();
    const late = now >= this.#totalAt ? "total" : now >= this.#phaseAt ? this.#phase : undefined;
    if (late === undefined) {
      this.#arm();
      return;
    }
    this.stop();
    this.#expired(late);
  };
}
