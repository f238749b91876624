/** The simulator: one loopback server that speaks every provider's wire format. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { refuseKey } from "./authenticate.ts";
import { type Fault, faultFrames, faultReply } from "./faults.ts";
import { createIds } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import { asObject } from "./json.ts";
import { type Loopback, listen, readBody } from "./loopback.ts";
import { refuseModel } from "./missing-model.ts";
import { providerNamed, providers, type SimulatedProvider } from "./providers.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Reply } from "./reply.ts";
import { respond } from "./responder.ts";
import { providerAt, type Route, route } from "./routes.ts";
import { answerFrom, type Scripted } from "./script.ts";
import { send } from "./send.ts";
import type { Turn } from "./turn.ts";
import { refuseBody } from "./validate/index.ts";

/** A request that the simulator received. */
export interface SimulatorRequest {
  /** E.g. "anthropic"; empty when the path belongs to none. */
  provider: string;
  /** E.g. "chat/completions", "messages"; empty when the path is no endpoint. */
  endpoint: string;
  method: string;
  /** Path and query as they came, the provider's prefix included. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed JSON body, or null where there was none or it was not JSON. */
  body: Json;
  /** The body as it came. */
  text: string;
  /** The status answered, 0 before that. */
  status: number;
  /** True once the client has closed the connection before the reply was whole. */
  aborted: boolean;
}

/** Where a provider is found: what `createClient({ providers })` takes. */
export interface ProviderAddress {
  baseURL: string;
  apiKey: string;
}

/** Options of the simulator. */
export interface SimulatorOptions {
  /** TCP port; a free one when absent. */
  port?: number;
  /** Check requests as strictly as the real services do. Default true. */
  strict?: boolean;
}

/** A running simulator. Close it, or declare it with `await using`. */
export interface Simulator extends AsyncDisposable {
  /** E.g. "http://127.0.0.1:40123". */
  readonly url: string;
  /** Base URL and key of every provider, ready for `createClient({ providers })`. */
  readonly providers: Record<string, ProviderAddress>;
  /** The same as environment variables, for those whose base URL clients read from there. */
  readonly env: Record<string, string>;
  /** What came in, oldest first. */
  readonly requests: SimulatorRequest[];
  /** Faults that still wait for a request, oldest first. */
  readonly faults: Fault[];
  /** Queues a misbehaviour; it befalls the next requests it fits. */
  fault(fault: Fault): void;
  /** Queues replies for the next requests to a model, in place of the rule-based ones. */
  script(replies: Scripted[]): void;
  /** Forgets requests, faults and scripted replies. */
  reset(): void;
  /** Stops the server and breaks every open connection. */
  close(): Promise<void>;
}

const KEY = "simulator-key";
function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function notJson(provider: SimulatedProvider): Refusal {
  const message =
    provider.family === "gemini"
      ? "Invalid JSON payload received. Unexpected end of string."
      : "We could not parse the JSON body of your request. (HINT: This likely means you aren't " +
        "using your HTTP library correctly. The API expects a JSON payload, but what was sent " +
        "was not valid JSON.)";
  return { status: 400, message };
}

/** The address of every provider on a server. */
function addresses(url: string): Record<string, ProviderAddress> {
  return Object.fromEntries(
    providers.map(({ name, basePath }) => [name, { baseURL: url + basePath, apiKey: KEY }]),
  );
}

function environment(url: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { env, basePath } of providers) {
    if (!env) continue;
    variables[env.apiKey] = KEY;
    variables[env.baseURL] = url + basePath;
  }
  // Other clients' names for the same.
  variables.GOOGLE_GEMINI_BASE_URL = variables.GEMINI_BASE_URL!;
  variables.OLLAMA_HOST = variables.OLLAMA_BASE_URL!;
  return variables;
}

class RunningSimulator implements Simulator {
  readonly requests: SimulatorRequest[] = [];
  readonly faults: Fault[] = [];
  readonly url: string;
  readonly providers: Record<string, ProviderAddress>;
  readonly env: Record<string, string>;
  #replies: Scripted[] = [];
  #ids = createIds();
  #memory = new Map<string, unknown[]>();
  #closing = new AbortController();
  #strict: boolean;
  #server: Loopback;

  constructor(server: Loopback, strict: boolean) {
    this.#server = server;
    this.#strict = strict;
    this.url = server.url;
    this.providers = addresses(this.url);
    this.env = environment(this.url);
  }

  fault(fault: Fault): void {
    this.faults.push({ ...fault });
  }

  script(replies: Scripted[]): void {
    this.#replies.push(...replies);
  }

  reset(): void {
    this.requests.length = 0;
    this.faults.length = 0;
    this.#replies.length = 0;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Takes the first waiting fault that fits, counting down its `times`. */
  #takeFault(provider: string): Fault {
    const at = this.faults.findIndex((f) => f.provider === undefined || f.provider === provider);
    const fault = this.faults[at];
    if (!fault) return {};
    const times = fault.times ?? 1;
    if (times <= 1) this.faults.splice(at, 1);
    else fault.times = times - 1;
    const { times: _times, provider: _provider, ...rest } = fault;
    return rest;
  }

  #respond = (turn: Turn) => {
    const scripted = turn.choice === 0 ? this.#replies.shift() : undefined;
    return scripted === undefined ? respond(turn) : answerFrom(scripted, turn);
  };

  #reply(found: Route | undefined, seen: SimulatorRequest, url: URL): Reply {
    const provider = providerAt(url.pathname) ?? providerNamed("openai")!;
    const ids = this.#ids;
    if (!found) {
      const message = `Unknown request URL: ${seen.method} ${url.pathname}.`;
      return refuse(provider, seen.endpoint, { status: 404, message, code: "unknown_url" }, ids);
    }
    if (found.method !== seen.method) {
      const message = `Not allowed to ${seen.method} on ${url.pathname}.`;
      return refuse(
        provider,
        seen.endpoint,
        { status: 405, message, code: "method_not_supported" },
        ids,
      );
    }
    const badKey = refuseKey(provider, seen.headers, url.searchParams);
    if (badKey) return refuse(provider, seen.endpoint, badKey, ids);
    if (found.method === "POST" && seen.body === null)
      return refuse(provider, seen.endpoint, notJson(provider), ids);
    const badBody = this.#strict ? refuseBody(found, seen) : undefined;
    const refusal = badBody ?? refuseModel(found);
    if (refusal) return refuse(provider, seen.endpoint, refusal, ids);
    return found.handle({
      provider,
      body: asObject(seen.body),
      model: found.model,
      stream: found.stream,
      ids,
      created: Math.floor(Date.now() / 1000),
      respond: this.#respond,
      memory: this.#memory,
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const provider = providerAt(url.pathname);
    const seen: SimulatorRequest = {
      provider: provider?.name ?? "",
      endpoint: "",
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: request.headers,
      body: null,
      text: "",
      status: 0,
      aborted: false,
    };
    this.requests.push(seen);
    response.once("close", () => {
      seen.aborted = !response.writableFinished;
    });
    seen.text = (await readBody(request)).toString("utf8");
    seen.body = parseJson(seen.text) ?? null;
    const body: JsonObject = asObject(seen.body);
    const found = route(url.pathname, body);
    seen.endpoint = found?.endpoint ?? "";
    const fault = this.#takeFault(seen.provider);
    const { signal } = this.#closing;
    if (fault.delayMs) await pause(fault.delayMs, undefined, { signal });
    if (fault.hang) return;
    if (fault.close) {
      request.socket.destroy();
      return;
    }
    const asProvider = provider ?? providerNamed("openai")!;
    const instead = faultReply(fault, asProvider, seen.endpoint, this.#ids);
    const reply = instead ?? this.#reply(found, seen, url);
    seen.status = reply.status;
    const idName = asProvider.family === "anthropic" ? "request-id" : "x-request-id";
    const headers = {
      "x-polycall-simulator": "1",
      [idName]: this.#ids("req_", 24),
      ...reply.headers,
      ...fault.headers,
    };
    const frames = faultFrames(reply, fault, asProvider, seen.endpoint);
    await send(response, { ...reply, headers }, frames, fault);
  }
}

/**
 * Starts a simulator on 127.0.0.1. It runs until it is closed.
 * @throws the listening error, e.g. when the port is taken
 */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  let running: RunningSimulator | undefined;
  const server = await listen((request, response) => {
    running?.handle(request, response).catch((error: unknown) => {
      // A connection that broke while being answered is the client's doing; all else is our bug.
      if (response.headersSent || response.destroyed) response.destroy();
      else response.writeHead(500, { "x-polycall-simulator": "1" }).end(String(error));
    });
  }, options.port);
  running = new RunningSimulator(server, options.strict ?? true);
  return running;
}
