/** What is known of a request before it is sent, and who says it. */
import type { Plan } from "../provider.ts";
import type { Served } from "./completion.ts";
import type { CompletionRequest } from "./request.ts";

/** Tokens of a prompt. */
export interface TokenCount {
  tokens: number;
  /** How far off that may be, to either side, as a share of it; 0 where the provider counted. */
  error: number;
}

export interface Forecast {
  tokens: TokenCount;
  /** Tokens of the reply: what is likely, and the most there can be, where that is known. */
  output: { expected: number; limit?: number };
}

/** Dollars. */
export interface ForecastCost {
  /** Of the tokens that are likely. */
  expected: number;
  /** Of the most that there can be, at the dearest rates; absent where something has no bound. */
  worst?: number;
}

/** A request as it would go out. */
export interface SentRequest {
  url: string;
  /** `secret` is what the shell puts after `value`, in place of a key. */
  headers: { name: string; value: string; secret?: string }[];
  body: string;
  stream: boolean;
}

/** A request that was planned, and not sent. */
export interface Asked {
  plan: Plan;
  request: CompletionRequest;
  served: Served;
  sent: SentRequest;
}

/** What `explain()` tells beside the plan; each absent where it is not known. */
export interface Description {
  tokens?: TokenCount;
  cost?: ForecastCost;
  /** The request for a POSIX shell. Keys are variables: `$OPENAI_API_KEY`. */
  curl?: string;
}
