/** The one SDK call: `openai` addresses and signs; core's `fetch` does the rest. */
import { type Connection, InvalidRequestError, type Plan, type Send } from "@polycall/core";
import OpenAI from "openai";
import type { HostRow } from "./chat/host-row.ts";

type Authorize = NonNullable<HostRow["authorize"]>;

const bearer: Authorize = (apiKey) => ({ authorization: `Bearer ${apiKey}` });

/** Beyond any timeout of the transport's: the longest that a timer takes. */
const noTimeout = 2 ** 31 - 1;

/** What each request carries for the client's own `fetch`. */
interface CarriedInit extends RequestInit {
  polycallFetch?: typeof globalThis.fetch;
}

/**
 * The SDK with headers of ours only: OPENAI_CUSTOM_HEADERS may hold a key of the user's, which the
 * SDK would send to every host, over the one that was meant for it (seen in 7.57).
 */
class Sdk extends OpenAI {
  readonly #headers: Readonly<Record<string, string>>;

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
      timeout: noTimeout,
      logLevel: "off",
      dangerouslyAllowBrowser: true,
      fetch: (url, init) => (init as CarriedInit).polycallFetch!(url as string, init),
    });
    this.#headers = {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "polycall",
      ...(apiKey && authorize(apiKey)),
    };
  }

  protected override async prepareRequest(request: RequestInit): Promise<void> {
    request.headers = new Headers(this.#headers);
  }
}

type FetchOptions = NonNullable<ConstructorParameters<typeof OpenAI>[0]>["fetchOptions"];

function carrying(fetch: typeof globalThis.fetch): FetchOptions {
  return { polycallFetch: fetch } as FetchOptions;
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
  return clientOf(connection, authorize)
    .post(plan.path, { body: {}, fetchOptions: carrying(fetch) })
    .asResponse();
}
