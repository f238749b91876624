/** `modelReranker()`: a language model that is shown passages and says which answer the query. */
import { InvalidRequestError } from "@polycall/core";
import { checkWhole } from "../check-whole.ts";
import { type ModelOption, modelOf } from "../model/language-model.ts";
import { listwise } from "./listwise.ts";
import { pointwise } from "./pointwise.ts";
import type { Reranker } from "./reranker.ts";

export interface ModelRerankerOptions {
  /** "provider/model", or a model that others ask too. */
  model: ModelOption;
  /**
   * "listwise": it sees passages beside each other and orders them, in one question for `window` of them.
   * "pointwise": it grades each alone, in a question each, as many at once as the model's `concurrency`.
   * Default: "listwise"
   */
  mode?: "listwise" | "pointwise";
  /** Of a passage, what is shown. Default: 2000 characters */
  maxCharacters?: number;
  /** Listwise: passages in one question. Default: 20 */
  window?: number;
  /** Listwise: how far the window moves from one question to the next, from the last passage up. Default: 10 */
  step?: number;
}

/** @throws InvalidRequestError for options that cannot be meant */
export function modelReranker(options: ModelRerankerOptions): Reranker {
  const { mode = "listwise", maxCharacters = 2000, window = 20 } = options;
  const { step = Math.ceil(window / 2) } = options;
  const refuse = (param: string, what: string) => {
    throw new InvalidRequestError(`modelReranker(): ${param} ${what}.`, { param });
  };
  if (mode !== "listwise" && mode !== "pointwise") {
    refuse("mode", `must be "listwise" or "pointwise", not ${JSON.stringify(mode)}`);
  }
  checkWhole("modelReranker", { maxCharacters });
  checkWhole("modelReranker", { window }, 2);
  checkWhole("modelReranker", { step });
  if (step > window) refuse("step", `must not be beyond the window of ${window}, as ${step} is`);
  const model = modelOf(options.model);
  const shown = { maxCharacters };
  return mode === "pointwise"
    ? pointwise(model, shown)
    : listwise(model, { ...shown, window, step });
}
