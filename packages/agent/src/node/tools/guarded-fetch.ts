/** The guarded fetch as tools have it: what it refuses is told to the model. */
import * as guarded from "@polycall/fetch";
import { ToolRefusal } from "./ready.ts";

export type GuardOptions = Omit<guarded.GuardOptions, "refusal">;
export type GuardedFetchOptions = Omit<guarded.GuardedFetchOptions, "refusal">;

/**
 * A `fetch` for URLs that nobody trusts. It reaches public addresses only, in whatever spelling, by whatever
 * redirect, whatever the host's name resolves to the second time. Goes straight, past any proxy. A redirect to
 * another origin takes no header along that could be a credential, and no body.
 * @throws (the fetch) ToolRefusal for what may not be fetched, for too much, and when it takes too long
 */
export function guardedFetch(options: GuardedFetchOptions = {}): typeof fetch {
  return guarded.guardedFetch({ ...options, refusal: ToolRefusal });
}
