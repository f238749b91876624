/** The one SDK call: @google/genai addresses and signs with a key, `send.fetch` carries. */
import { GoogleGenAI } from "@google/genai/web";
import { type Connection, MissingKeyError, type Plan, type Send } from "@polycall/core";
import { type Address, addressOf, type Service } from "./service.ts";

/** What is used of an SDK client; the SDK's builds for web and Node have types of their own. */
export interface Sdk {
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

/** Makes a client that signs with credentials, for a service that takes them. */
export type SignIn = (connection: Connection, address: Required<Address>) => Promise<Sdk>;

const clients = new WeakMap<Connection, Promise<Sdk>>();

/**
 * Sends a plan. The SDK gets a stand-in for the contents: the transport writes `plan.body`.
 * @throws MissingKeyError when Vertex AI has neither a key nor a project
 */
export async function send(
  service: Service,
  plan: Plan,
  { connection, fetch }: Send,
  signIn?: SignIn,
): Promise<unknown> {
  let client = clients.get(connection);
  if (!client) {
    client = make(service, connection, signIn);
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
