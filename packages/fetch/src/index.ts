/** A fetch for URLs that others have written. */
export type { GuardOptions } from "./guard.ts";
export { type GuardedFetchOptions, guardedFetch } from "./guarded-fetch.ts";
export { FetchRefusal, type RefusalClass } from "./refusal.ts";
