/** The one SDK call: @google/genai addresses and signs with a key, `send.fetch` carries. */
import { GoogleGenAI } from "@google/genai/web";
import {
  AuthenticationError,
  type Connection,
  MissingKeyError,
  type Plan,
  PolycallError,
  type Send,
} from "@polycall/core";
import { type Address, addressOf, type Service } from "./service.ts";

/** What is used of an SDK client; the SDK's builds for web and Node have types of their own. */
export interface Sdk {
  readonly models: {
    generateContent(params: Params): Promise<unknown>;
    generateContentStream(params: Params): Promise<unknown>;
    embedContent(params: Params): Promise<unknown>;
    countTokens(params: Params): Promise<unknown>;
  };
}
interface Params {
  model: string;
  contents: string;
  config: {
    httpOptions: { fetch: typeof globalThis.fetch };
    automaticFunctionCalling?: { disable: true };
    automaticContinuation?: false;
  };
}

/** Makes a client that signs with credentials, for a service that takes them. */
export type SignIn = (connection: Connection, address: Required<Address>) => Promise<Sdk>;

const clients = new WeakMap<Connection, Promise<Sdk>>();

/** Where the SDK sends a request, and how it signs it. */
type Signed = readonly [url: string, init: Pick<RequestInit, "method" | "headers">];

/** With a key it says the same for each call of a model, so it is asked once: that spares a sixth of a call. */
const signed = new WeakMap<Connection, Map<string, Signed>>();
const mostSigned = 100;

function signedFor(connection: Connection): Map<string, Signed> {
  let known = signed.get(connection);
  if (!known || known.size >= mostSigned) {
    known = new Map();
    signed.set(connection, known);
  }
  return known;
}

/**
 * Sends a plan. The SDK gets a stand-in for the contents: the transport writes `plan.body`.
 * @throws MissingKeyError when Vertex AI has neither a key nor a project
 */
export async function send(
  service: Service,
  plan: Plan,
  send: Send,
  signIn?: SignIn,
): Promise<unknown> {
  const { connection } = send;
  const known = connection.apiKey ? signedFor(connection) : undefined;
  const asked = `${plan.endpoint} ${plan.stream} ${plan.model}`;
  const before = known?.get(asked);
  if (before) return send.fetch(...before);
  let client = clients.get(connection);
  if (!client) {
    client = make(service, connection, signIn);
    clients.set(connection, client);
  }
  if (!known) return afterSignIn(client, plan, send);
  return ask(await client, plan, (input, init) => {
    known.set(asked, [String(input), { method: init?.method, headers: init?.headers }]);
    return send.fetch(input, init);
  });
}

/** Waits for the sign-in no longer than the call lasts; one that ends later sends nothing. */
async function afterSignIn(client: Promise<Sdk>, plan: Plan, send: Send): Promise<unknown> {
  let over: unknown;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const fetch: Send["fetch"] = async (input, init) => {
    if (over) throw over;
    begin();
    return send.fetch(input, init);
  };
  const reply = client.then((sdk) => ask(sdk, plan, fetch));
  try {
    await send.unlessOver(Promise.race([begun, reply]));
  } catch (error) {
    over = error;
    // Google's library would hand a sign-in that hangs to every later call.
    if (clients.get(send.connection) === client) clients.delete(send.connection);
    throw signInError(error, plan);
  }
  return reply;
}

/** Google's library throws its HTTP client's errors, and bare ones where it finds no credentials. */
function signInError(error: unknown, { provider, model }: Plan): unknown {
  const { message, response } = error as { message?: string; response?: { status?: number } };
  const isRefused = [400, 401, 403].includes(response?.status ?? 0);
  if (error instanceof PolycallError || !(isRefused || /credentials/i.test(message ?? ""))) {
    return error;
  }
  const said = `${provider}/${model}: Google did not sign you in: ${message}`;
  return new AuthenticationError(said, { provider, model, status: response?.status });
}

function ask({ models }: Sdk, plan: Plan, fetch: Send["fetch"]): Promise<unknown> {
  const { model } = plan;
  const httpOptions = { fetch };
  if (plan.endpoint === "countTokens") {
    return models.countTokens({ model, contents: " ", config: { httpOptions } });
  }
  if (plan.endpoint !== "generateContent") {
    return models.embedContent({ model, contents: " ", config: { httpOptions } });
  }
  // Neither of these may send a second request by itself.
  const config = {
    httpOptions,
    automaticFunctionCalling: { disable: true },
    automaticContinuation: false,
  } as const;
  const params: Params = { model, contents: " ", config };
  return plan.stream ? models.generateContentStream(params) : models.generateContent(params);
}

/** With a key the SDK's web build does: it reads no environment, and loads in a quarter of the time. */
async function make(service: Service, connection: Connection, signIn?: SignIn): Promise<Sdk> {
  const { apiKey } = connection;
  const { baseURL, apiVersion, scope } = addressOf(service, connection);
  if (apiKey) {
    const version = scope
      ? `${apiVersion}/projects/${scope.project}/locations/${scope.location}`
      : apiVersion;
    const httpOptions = { baseUrl: baseURL, apiVersion: version };
    return new GoogleGenAI({ vertexai: service.vertex, apiKey, httpOptions });
  }
  if (!scope || !signIn) {
    throw new MissingKeyError(
      `${connection.provider}: no way to sign in to ${service.info.label}. Pass project (or set ` +
        "GOOGLE_CLOUD_PROJECT) with Google credentials, or an apiKey for express mode.",
      { provider: connection.provider, param: "project" },
    );
  }
  return signIn(connection, { baseURL, apiVersion, scope });
}
