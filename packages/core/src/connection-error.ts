/** A failure on the way as one of our errors. */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIUserAbortError,
  PolycallError,
} from "./errors.ts";
import type { Plan } from "./provider.ts";
import { redact, redactCause } from "./redact.ts";
import { isTransportError } from "./transport/types.ts";

/** @returns the error itself where it is one of ours already, also one that a user's `fetch` threw */
export function connectionError(
  error: unknown,
  { provider, model }: Pick<Plan, "provider" | "model">,
  secrets: readonly string[],
): PolycallError {
  const thrown = isTransportError(error) ? error.cause : error;
  if (thrown instanceof PolycallError) return thrown;
  const name = `${provider}/${model}`;
  const said = redact(error instanceof Error ? error.message : String(error), secrets);
  const info = { provider, model, cause: redactCause(error, secrets) };
  const message = `${name}: ${said}`;
  if (!isTransportError(error)) return new APIConnectionError(message, info);
  const { kind, phase, cause } = error;
  if (kind === "abort") return new APIUserAbortError(`${message}.`, { ...info, cause });
  const Class = kind === "timeout" ? APIConnectionTimeoutError : APIConnectionError;
  // The transport knows what was left for one try, not the limit that the caller set.
  const late = `${name}: the call, all tries included, was not over within its timeout.`;
  // What is too large once is so again.
  const shouldRetry = kind === "limit" ? false : undefined;
  return new Class(phase === "total" ? late : message, { ...info, phase, shouldRetry });
}
