/** The simulator: one loopback server that speaks every provider's wire format. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Loopback, listen, readBody } from "./loopback.ts";
import { providers } from "./providers.ts";
import { send } from "./send.ts";
import { SimulatedServices, type SimulatorControls } from "./services.ts";

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
export interface Simulator extends SimulatorControls, AsyncDisposable {
  /** E.g. "http://127.0.0.1:40123". */
  readonly url: string;
  /** Base URL and key of every provider, ready for `createClient({ providers })`. */
  readonly providers: Record<string, ProviderAddress>;
  /** The same as environment variables, for those whose base URL clients read from there. */
  readonly env: Record<string, string>;
  /** Stops the server and breaks every open connection. */
  close(): Promise<void>;
}

const KEY = "simulator-key";

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

class RunningSimulator extends SimulatedServices implements Simulator {
  readonly url: string;
  readonly providers: Record<string, ProviderAddress>;
  readonly env: Record<string, string>;
  #closing = new AbortController();
  #server: Loopback;

  constructor(server: Loopback, strict: boolean) {
    super(strict);
    this.#server = server;
    this.url = server.url;
    this.providers = addresses(this.url);
    this.env = environment(this.url);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = request;
    const seen = this.receive({ method, path, headers });
    response.once("close", () => {
      seen.aborted = !response.writableFinished;
    });
    const text = (await readBody(request)).toString("utf8");
    const outcome = await this.answer(seen, text, this.#closing.signal);
    if (outcome.kind === "close") request.socket.destroy();
    if (outcome.kind !== "reply") return;
    await send(response, outcome.reply, outcome.frames, outcome.fault);
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
