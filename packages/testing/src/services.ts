/**
 * The simulated services without a server: requests in, replies out, and what is remembered of them.
 * The loopback server and the msw handlers both stand on it.
 */
import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { refuseKey } from "./authenticate.ts";
import { type Fault, faultFrames, faultReply } from "./faults.ts";
import { createIds } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import { asObject } from "./json.ts";
import { refuseModel } from "./missing-model.ts";
import { PromptCache } from "./prompt-cache.ts";
import { providerNamed, type SimulatedProvider } from "./providers.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Reply } from "./reply.ts";
import { respond } from "./responder.ts";
import { providerAt, type Route, route } from "./routes.ts";
import { answerFrom, type Scripted } from "./script.ts";
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
  /** What befell it, where something did. */
  fault?: Fault;
}

/** What a test says to the simulator and reads from it. */
export interface SimulatorControls {
  /** What came in, oldest first. */
  readonly requests: SimulatorRequest[];
  /** Faults that still wait for a request, oldest first. */
  readonly faults: Fault[];
  /** Queues a misbehaviour; it befalls the next requests it fits. */
  fault(fault: Fault): void;
  /** Queues replies for the next requests to a model, in place of the rule-based ones. */
  script(replies: Scripted[]): void;
  /** Forgets requests, faults, scripted replies and cached prompts. */
  reset(): void;
}

/** What becomes of a request. */
export type Outcome =
  | { kind: "reply"; reply: Reply; frames: Iterable<string>; fault: Fault }
  /** Nothing ever comes. */
  | { kind: "hang" }
  /** The connection breaks without a reply. */
  | { kind: "close" };

/** What came in, before it is understood. */
export interface Received {
  method: string;
  /** Path and query, the provider's prefix included. */
  path: string;
  headers: IncomingHttpHeaders;
}

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

export class SimulatedServices implements SimulatorControls {
  readonly requests: SimulatorRequest[] = [];
  readonly faults: Fault[] = [];
  #replies: Scripted[] = [];
  #ids = createIds();
  #memory = new Map<string, unknown[]>();
  #cache = new PromptCache();
  #strict: boolean;

  /** @param strict check requests as strictly as the real services do */
  constructor(strict: boolean) {
    this.#strict = strict;
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
    this.#cache.clear();
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
      cached: (input, body = asObject(seen.body)) =>
        this.#cache.use(provider, found.model, body, input),
      memory: this.#memory,
    });
  }

  /** Notes a request whose head has come. */
  receive({ method, path, headers }: Received): SimulatorRequest {
    const { pathname } = new URL(path, "http://simulator");
    const provider = providerAt(pathname)?.name ?? "";
    const empty = { endpoint: "", body: null, text: "", status: 0, aborted: false };
    const seen = { provider, method, path, headers, ...empty };
    this.requests.push(seen);
    return seen;
  }

  /**
   * Says what becomes of a request whose body has come.
   * @param signal ends the waiting of a delay
   * @throws AbortError when the signal is aborted while it waits
   */
  async answer(seen: SimulatorRequest, text: string, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(seen.path, "http://simulator");
    seen.text = text;
    seen.body = parseJson(text) ?? null;
    const body: JsonObject = asObject(seen.body);
    const found = route(url.pathname, body);
    seen.endpoint = found?.endpoint ?? "";
    const fault = this.#takeFault(seen.provider);
    if (Object.keys(fault).length) seen.fault = fault;
    if (fault.delayMs) await pause(fault.delayMs, undefined, { signal });
    if (fault.hang) return { kind: "hang" };
    if (fault.close) return { kind: "close" };
    const asProvider = providerNamed(seen.provider) ?? providerNamed("openai")!;
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
    return { kind: "reply", reply: { ...reply, headers }, frames, fault };
  }
}
