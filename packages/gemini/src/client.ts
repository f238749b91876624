/** The one SDK call: @google/genai addresses and signs, `send.fetch` carries. */
import { GoogleGenAI } from "@google/genai/web";
import { type Connection, MissingKeyError, type Plan, type Send } from "@polycall/core";
import { addressOf, type Service } from "./service.ts";

/** What is used of an SDK client; the SDK's builds for web and Node have types of their own. */
interface Sdk {
  readonly models: {
    generateContent(params: Params): Promise<unknown>;
    generateContentStream(params: Params): Promise<unknown>;
    embedContent(params: Params): Promise<unknown>;
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

const clients = new WeakMap<Connection, Promise<Sdk>>();

/**
 * Sends a plan. The SDK gets a stand-in for the contents: the transport writes `plan.body`.
 * @throws MissingKeyError when Vertex AI has neither a key nor a project
 */
export async function send(
  service: Service,
  plan: Plan,
  { connection, fetch }: Send,
): Promise<unknown> {
  let client = clients.get(connection);
  if (!client) {
    client = make(service, connection);
    clients.set(connection, client);
  }
  const { models } = await client;
  const { model } = plan;
  const httpOptions = { fetch };
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

/**
 * With a key the SDK's web build does: it reads no environment, and loads in a quarter of the time.
 * The Node build signs with Google credentials; all that it would read is given.
 */
async function make(service: Service, connection: Connection): Promise<Sdk> {
  const { vertex } = service;
  const { apiKey, headers, settings } = connection;
  const { baseURL: baseUrl, apiVersion, scope } = addressOf(service, connection);
  if (apiKey) {
    const version = scope
      ? `${apiVersion}/projects/${scope.project}/locations/${scope.location}`
      : apiVersion;
    const httpOptions = { baseUrl, apiVersion: version };
    return new GoogleGenAI({ vertexai: vertex, apiKey, httpOptions });
  }
  if (!scope) {
    throw new MissingKeyError(
      `${connection.provider}: no way to sign in to ${service.info.label}. Pass project (or set ` +
        "GOOGLE_CLOUD_PROJECT) with Google credentials, or an apiKey for express mode.",
      { provider: connection.provider, param: "project" },
    );
  }
  const { GoogleGenAI: NodeClient } = await import("@google/genai");
  return new NodeClient({
    vertexai: vertex,
    ...scope,
    httpOptions: { baseUrl, apiVersion },
    googleAuthOptions: authOf(headers.authorization, settings.credentials),
  });
}

type AuthOptions = NonNullable<
  ConstructorParameters<typeof import("@google/genai").GoogleGenAI>[0]
>["googleAuthOptions"];

/**
 * How the Node build signs: with the caller's own token, a service account's JSON, a file that
 * holds one, or what Google's library finds on the machine.
 */
function authOf(authorization: string | undefined, credentials: string | undefined): AuthOptions {
  if (authorization) {
    const getRequestHeaders = async () => new Headers({ authorization });
    return { authClient: { getRequestHeaders } } as unknown as AuthOptions;
  }
  if (!credentials) return undefined;
  return credentials.trimStart().startsWith("{")
    ? { credentials: JSON.parse(credentials) }
    : { keyFilename: credentials };
}
