/** Long work in short turns: lets others run, hears an abort, tells how far it is. */
import { APIUserAbortError } from "@polycall/core";

export type ProjectPhase = "reduce" | "neighbours" | "layout";

export interface ProjectProgress {
  /** Fewer dimensions first, then who is near whom, then the picture. */
  phase: ProjectPhase;
  done: number;
  total: number;
}

export interface PaceOptions {
  signal?: AbortSignal;
  /** Called some twenty times a second, and at the end of each phase. */
  onProgress?: (progress: ProjectProgress) => void;
}

/** How long the work holds the thread. */
const turnMs = 40;

export class Pace {
  readonly #options: PaceOptions;
  #since = performance.now();

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#check();
  }

  /** Whether it is somebody else's turn: then `rest()`. */
  get due(): boolean {
    return performance.now() - this.#since > turnMs;
  }

  /** @throws APIUserAbortError */
  async rest(phase: ProjectPhase, done: number, total: number): Promise<void> {
    this.#options.onProgress?.({ phase, done, total });
    await this.pause();
  }

  /** Between phases: nothing is told. @throws APIUserAbortError */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#check();
    this.#since = performance.now();
  }

  done(phase: ProjectPhase, total: number): void {
    this.#options.onProgress?.({ phase, done: total, total });
  }

  #check(): void {
    const { signal } = this.#options;
    if (!signal?.aborted) return;
    throw new APIUserAbortError("The projection was aborted.", { cause: signal.reason });
  }
}
