/** The list of changes that a plan makes to a request, kept by the rule of `onUnsupported`. */
import { UnsupportedParamsError } from "./errors.ts";
import type { Trail } from "./history/trail.ts";
import type { PlanContext } from "./provider.ts";
import type { Change } from "./types/completion.ts";

export class Changes {
  readonly list: Change[] = [];
  /** What the passes over a history know of it together: where a message came from. @internal */
  trail?: Trail;
  readonly #context: PlanContext;

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /** A change that keeps the meaning: a renamed field, a moved system message, a repaired history. */
  note(change: Change): void {
    this.list.push(change);
  }

  /**
   * A hint (temperature, penalties, seed, …) that bends: clamped or left out.
   * @throws UnsupportedParamsError when `onUnsupported` is "error"
   */
  hint(change: Change): void {
    const { param, action, reason, rule } = change;
    if (this.#context.onUnsupported === "error") {
      const instead = 'Change it, or set onUnsupported to "warn".';
      this.refuse(param, `${param} would be ${action}: ${reason}.`, instead, rule);
    }
    this.list.push(change);
  }

  /**
   * A meaning (tools, a schema, an image, `n`, `stop`, a forced call) that cannot be kept.
   * @param what one sentence: what cannot be done and where it stands in the request
   * @param instead what to do about it
   * @param rule the id of the combination that it is about
   * @throws UnsupportedParamsError always
   */
  refuse(param: string, what: string, instead?: string, rule?: string): never {
    const { provider } = this.#context.connection;
    const { model } = this.#context;
    const name = `${provider}/${model}`;
    throw new UnsupportedParamsError(`${name}: ${what}${instead ? ` ${instead}` : ""}`, {
      provider,
      model,
      param,
      rule,
    });
  }
}
