/**
 * Vertex AI with Google credentials: the SDK's Node build signs; all that it would read is given.
 * Only `vertex` leads here, so that a bundle of `gemini` alone goes without it.
 */
import type { Connection } from "@polycall/core";
import type { Sdk } from "./client.ts";
import type { Address } from "./service.ts";

/** An SDK client that signs with the connection's credentials. */
export async function signIn(
  { headers, settings }: Connection,
  { baseURL, apiVersion, scope }: Required<Address>,
): Promise<Sdk> {
  const { GoogleGenAI } = await import("@google/genai");
  return new GoogleGenAI({
    vertexai: true,
    ...scope,
    httpOptions: { baseUrl: baseURL, apiVersion },
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
