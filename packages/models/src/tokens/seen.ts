/** What a client has seen of each model: how far its estimates were off, how long its replies are. */
import type { Usage } from "@polycall/core";
import type { Estimate } from "./estimate.ts";

interface Sight {
  /** Moving averages: counted over estimated tokens, how far single ones are from that, tokens of a reply. */
  ratio: number;
  spread: number;
  output: number;
  times: number;
}

/** Models remembered; the one that was seen least lately goes first. */
const most = 200;
/** What a new sight counts for, against all before it. */
const share = 0.2;
/** Sights before the spread says something. */
const enough = 3;

export class Seen {
  readonly #models = new Map<string, Sight>();

  /** @param model "provider/model" */
  note(model: string, estimated: number, { prompt_tokens, completion_tokens }: Usage): void {
    if (!(prompt_tokens > 0 && estimated > 0 && completion_tokens >= 0)) return;
    // Beyond these it was something else: a server's own tools, a conversation that it keeps.
    const now = Math.min(5, Math.max(0.2, prompt_tokens / estimated));
    const known = this.#models.get(model);
    this.#models.delete(model);
    const mix = (before: number, value: number) => before + share * (value - before);
    this.#models.set(
      model,
      known
        ? {
            ratio: mix(known.ratio, now),
            spread: mix(known.spread, Math.abs(now / known.ratio - 1)),
            output: mix(known.output, completion_tokens),
            times: known.times + 1,
          }
        : { ratio: now, spread: 0, output: completion_tokens, times: 1 },
    );
    if (this.#models.size > most) this.#models.delete(this.#models.keys().next().value!);
  }

  /** An estimate in the light of what was seen. */
  corrected(model: string, estimate: Estimate): Estimate {
    const sight = this.#models.get(model);
    if (!sight) return estimate;
    const tokens = Math.max(1, Math.round(estimate.tokens * sight.ratio));
    const error = Math.max(0.05, Math.round(2500 * sight.spread) / 1000);
    return {
      tokens,
      error: sight.times < enough ? estimate.error : Math.min(estimate.error, error),
    };
  }

  /** Tokens of a reply, as they were lately; undefined for a model that was not seen. */
  output(model: string): number | undefined {
    const sight = this.#models.get(model);
    return sight && Math.round(sight.output);
  }

  get size(): number {
    return this.#models.size;
  }
}
