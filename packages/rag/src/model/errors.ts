/** What ends a pass of a model over a corpus. */
import { PolycallError } from "@polycall/core";

/** The next call could have cost more than was allowed, so it was not made. What is done is kept. */
export class BudgetExceededError extends PolycallError {
  static override readonly kind: string = "BudgetExceededError";
  /** Dollars: what was allowed, what is spent. */
  declare readonly limit: number;
  declare readonly spent: number;
}
