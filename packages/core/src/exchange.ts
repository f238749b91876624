/**
 * Step 4 of a call: the provider's SDK addresses and signs, our transport carries the bytes. The
 * SDK is handed a `fetch` that sends `plan.body` whatever the SDK made of it, keeps the real reply
 * for us, and gives the SDK an empty one.
 */
import type { CallInternals, TimeoutOption } from "./call.ts";
import { connectionError } from "./connection-error.ts";
import { APIConnectionError } from "./errors.ts";
import type { Connection, Plan, Provider } from "./provider.ts";
import { redact, redactHeaders, secretsOf } from "./redact.ts";
import type { Resolved } from "./resolve.ts";
import { abortError } from "./transport/failures.ts";
import type { Timeouts, TransportResponse } from "./transport/types.ts";
import { unlessOver } from "./unless-over.ts";

const defaultTimeouts: Timeouts = { connect: 10_000, firstByte: 600_000, idle: 120_000 };

/** What of an SDK's own headers goes out: authentication and the API's version. The rest is telemetry. */
const sdkHeaders = new Set([
  "accept",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "anthropic-version",
  "api-key",
  "authorization",
  "content-type",
  "user-agent",
  "x-api-key",
  "x-goog-api-client",
  "x-goog-api-key",
  "x-goog-user-project",
]);

const emptyJson = {
  status: 200,
  ok: true,
  body: null,
  json: async () => ({}),
  text: async () => "{}",
};

/** Made at the first call: Node loads half of `fetch` for it. SDKs only read them. */
let emptyJsonHeaders: Headers | undefined;

/** What the SDK gets in place of the reply. A plain object: a real `Response` costs 20 us. */
function standIn(url: string): Response {
  emptyJsonHeaders ??= new Headers({ "content-type": "application/json" });
  return { ...emptyJson, url, headers: emptyJsonHeaders } as unknown as Response;
}

/** Limits of one try: the caller's over ours, and never beyond the call's deadline. */
function timeoutsOf(option: TimeoutOption | undefined, deadline?: number): Timeouts {
  if (option === undefined && deadline === undefined) return defaultTimeouts;
  const own = typeof option === "object" ? option : undefined;
  return {
    connect: own?.connect ?? defaultTimeouts.connect,
    firstByte: own?.firstByte ?? defaultTimeouts.firstByte,
    idle: own?.idle ?? defaultTimeouts.idle,
    total: deadline === undefined ? undefined : Math.max(1, deadline - Date.now()),
  };
}

function headersToSend(
  fromSdk: RequestInit["headers"],
  plan: Plan,
  connection: Connection,
): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  const pairs = fromSdk && Symbol.iterator in fromSdk ? fromSdk : Object.entries(fromSdk ?? {});
  for (const [given, value] of pairs as Iterable<[string, string]>) {
    const name = given.toLowerCase();
    if (sdkHeaders.has(name)) headers[name] = value;
  }
  // The plan has seen the connection's headers: where it names one too, it has merged the two.
  return Object.assign(headers, connection.headers, plan.headers);
}

/**
 * Sends a plan; resolves when the head of the reply is here, whatever its status.
 * @throws APIConnectionError, APIConnectionTimeoutError, APIUserAbortError
 */
export async function exchange(
  provider: Provider,
  plan: Plan,
  { connection }: Pick<Resolved, "connection">,
  call: CallInternals,
): Promise<TransportResponse> {
  let response: TransportResponse | undefined;
  let failure: unknown;
  const secrets = secretsOf(connection);

  const fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = headersToSend(init.headers, plan, connection);
    const body = JSON.stringify(plan.body);
    call.logger.debug(() => {
      const shown = JSON.stringify(redactHeaders(headers, secrets));
      const text = body.replace(/[\w+/]{1000,}=*/g, ({ length }) => `(${length} characters)`);
      return `-> ${plan.method} ${redact(url, secrets)} ${shown} ${redact(text, secrets)}`;
    });
    try {
      response = await call.transport({
        method: plan.method,
        url,
        headers,
        body,
        timeouts: timeoutsOf(call.options.timeout, call.deadline),
        signal: call.signal,
      });
    } catch (error) {
      failure = error;
      throw error;
    }
    return standIn(url);
  };

  let given: unknown;
  try {
    given = await provider.send(plan, {
      connection,
      fetch,
      signal: call.signal,
      unlessOver: (step) =>
        unlessOver(step, call, plan, timeoutsOf(call.options.timeout, call.deadline).connect),
    });
  } catch (error) {
    if (response) return response;
    // An SDK that sees the signal before it sends anything throws an error of its own.
    if (call.signal?.aborted) failure ??= abortError("connect", call.signal);
    throw connectionError(failure ?? error, plan, secrets);
  }
  if (response) return response;
  if ((given as TransportResponse | undefined)?.cancel) return given as TransportResponse;
  const { provider: name, model } = plan;
  const message = `${name}/${model}: the SDK sent no request.`;
  throw new APIConnectionError(message, { provider: name, model });
}
