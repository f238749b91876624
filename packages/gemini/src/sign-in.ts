/**
 * Vertex AI with Google credentials: the SDK's Node build signs; all that it would read is given.
 * Only `vertex` leads here, so that a bundle of `gemini` alone goes without it.
 */
import { type Connection, InvalidRequestError } from "@polycall/core";
import type { Sdk } from "./client.ts";
import type { Address } from "./service.ts";

/** An SDK client that signs with the connection's credentials. */
export async function signIn(
  { provider, headers, settings }: Connection,
  { baseURL, apiVersion, scope }: Required<Address>,
): Promise<Sdk> {
  const { GoogleGenAI } = await import("@google/genai");
  return new GoogleGenAI({
    vertexai: true,
    ...scope,
    httpOptions: { baseUrl: baseURL, apiVersion },
    googleAuthOptions: authOf(provider, headers.authorization, settings.credentials),
  });
}

type AuthOptions = NonNullable<
  ConstructorParameters<typeof import("@google/genai").GoogleGenAI>[0]
>["googleAuthOptions"];

/**
 * How the Node build signs: with the caller's own token, a service account's JSON, a file that
 * holds one, or what Google's library finds on the machine.
 */
function authOf(
  provider: string,
  authorization: string | undefined,
  credentials: string | undefined,
): AuthOptions {
  if (authorization) {
    const getRequestHeaders = async () => new Headers({ authorization });
    return { authClient: { getRequestHeaders } } as unknown as AuthOptions;
  }
  if (!credentials) return undefined;
  if (!credentials.trimStart().startsWith("{")) return { keyFilename: credentials };
  try {
    return { credentials: JSON.parse(credentials) };
  } catch {
    // The parser's own words would quote the key.
    throw new InvalidRequestError(
      `${provider}: credentials is not valid JSON. Pass a service account's JSON, or the path of its file.`,
      { provider, param: "credentials" },
    );
  }
}
