/** The one SDK call: `openai` addresses and signs; core's `fetch` does the rest. */
import { type Connection, InvalidRequestError, type Plan, type Send } from "@polycall/core";
import OpenAI from "openai";
import type { HostRow } from "./chat/host-row.ts";

type Authorize = NonNullable<HostRow["authorize"]>;

const bearer: Authorize = (apiKey) => ({ authorization: `Bearer ${apiKey}` });

/**
 * The SDK with headers of ours only: OPENAI_CUSTOM_HEADERS may hold a key of the user's, which the
 * SDK would send to every host, over the one that was meant for it (seen in 7.57).
 */
class Sdk extends OpenAI {
  readonly #headers: Record<string, string>;
  /** Most calls of a connection go where the one before went. */
  #last = { path: "", url: "" };

  constructor(connection: Connection, authorize: Authorize) {
    const { apiKey, baseURL } = connection;
    super({
      // The SDK wants one; what is sent is decided below.
      apiKey: apiKey || "none",
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      baseURL,
      maxRetries: 0,
      logLevel: "off",
      dangerouslyAllowBrowser: true,
    });
    this.#headers = {
      accept: "application/json",
      "user-agent": "polycall",
      ...(apiKey && authorize(apiKey)),
    };
  }

  /**
   * Of the SDK's own `post()` only the address is left to take: retries, timeouts, signals, logs and
   * headers are core's and ours, and the way through it costs a tenth of a call.
   */
  postThrough(path: string, fetch: typeof globalThis.fetch): Promise<Response> {
    if (path !== this.#last.path) this.#last = { path, url: this.buildURL(path, undefined) };
    return fetch(this.#last.url, { method: "POST", headers: this.#headers });
  }
}

const clients = new WeakMap<Connection, Sdk>();

function clientOf(connection: Connection, authorize: Authorize): Sdk {
  const known = clients.get(connection);
  if (known) return known;
  let made: Sdk;
  try {
    made = new Sdk(connection, authorize);
  } catch {
    // The SDK's message would quote the header's value.
    throw new InvalidRequestError(
      `${connection.provider}: the openai SDK cannot be set up. Look for a malformed line in OPENAI_CUSTOM_HEADERS, or unset it.`,
      { provider: connection.provider },
    );
  }
  clients.set(connection, made);
  return made;
}

/** Sends a plan of any endpoint through the SDK. */
export async function sendPlan(
  plan: Plan,
  { connection, fetch }: Send,
  authorize: Authorize = bearer,
): Promise<unknown> {
  return clientOf(connection, authorize).postThrough(plan.path, fetch);
}
