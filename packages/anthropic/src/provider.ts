/** Anthropic: where it is, and the one SDK call. */
import { BaseAnthropic, type ClientOptions } from "@anthropic-ai/sdk";
import type { Connection, Plan, Provider, Send } from "@polycall/core";
import { countEndpoint } from "./count-tokens.ts";
import { classify } from "./errors.ts";
import { capabilities } from "./models.ts";
import { parse } from "./parse.ts";
import { plan } from "./plan.ts";
import { MessageDecoder } from "./stream.ts";

type Built = ReturnType<BaseAnthropic["buildRequest"]>;
type FetchOptions = ClientOptions["fetchOptions"];

/** What each request carries for `fetchWithTimeout`. */
interface CarriedInit extends RequestInit {
  polycallFetch?: typeof globalThis.fetch;
}

/**
 * The SDK without its resources: a bundle is 70 kB smaller (gzipped). It builds the headers
 * of a connection once, and a URL when the path is another: a call spared them costs a sixth less.
 */
class Sdk extends BaseAnthropic {
  #headers: Headers | undefined;
  #last = { path: "", url: "" };

  constructor({ apiKey, baseURL }: Connection) {
    super({
      apiKey: apiKey ?? "",
      webhookKey: null,
      baseURL,
      maxRetries: 0,
      logLevel: "off",
      openTelemetry: { propagation: false, traces: false },
      dangerouslyAllowBrowser: true,
    });
  }

  override async buildRequest(options: Parameters<BaseAnthropic["buildRequest"]>[0]): Built {
    this.#headers ??= (await super.buildRequest(options)).req.headers;
    const req = { method: "POST", headers: this.#headers, ...options.fetchOptions };
    const { path } = options;
    if (path !== this.#last.path) this.#last = { path, url: this.buildURL(path, undefined) };
    return { req, url: this.#last.url, timeout: 0 };
  }

  /** The transport has the timeouts and the signal. */
  override fetchWithTimeout(url: string, init: CarriedInit): Promise<Response> {
    return init.polycallFetch!(url, init);
  }
}

/** One SDK client for each connection. The `fetch` of a call comes with the call. */
const clients = new WeakMap<Connection, Sdk>();

function clientOf(connection: Connection): Sdk {
  let client = clients.get(connection);
  if (!client) {
    client = new Sdk(connection);
    clients.set(connection, client);
  }
  return client;
}

async function send(plan: Plan, { connection, fetch }: Send): Promise<unknown> {
  const fetchOptions = { polycallFetch: fetch } as FetchOptions;
  // Written out for the request: ANTHROPIC_CUSTOM_HEADERS would win over the client's own.
  const headers = {
    authorization: `Bearer ${connection.apiKey ?? ""}`,
    "x-api-key": null,
    "anthropic-beta": null,
  };
  return clientOf(connection).post(plan.path, { headers, fetchOptions }).asResponse();
}

export const anthropic: Provider = {
  info: {
    name: "anthropic",
    label: "Anthropic",
    baseURL: "https://api.anthropic.com",
    baseURLEnv: ["ANTHROPIC_BASE_URL"],
    apiKeyEnv: ["ANTHROPIC_API_KEY"],
    keyURL: "https://platform.claude.com/settings/keys",
    // The SDK adds /v1 itself; many write it.
    normalizeBaseURL: (url) => url.replace(/\/v1\/*$/, ""),
  },
  plan,
  send,
  parse,
  decoder: (plan) => new MessageDecoder(plan),
  classify,
  capabilities,
  countTokens: countEndpoint,
};
