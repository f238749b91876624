/** Keys: any will do but none at all, and the one named "bad-key". */
import type { IncomingHttpHeaders } from "node:http";
import type { SimulatedProvider } from "./providers.ts";
import type { Refusal } from "./refusal.ts";

/** The key that every simulated provider refuses. */
export const BAD_KEY = "bad-key";

function keyOf(headers: IncomingHttpHeaders, query: URLSearchParams): string {
  const bearer = headers.authorization?.replace(/^Bearer\s*/i, "");
  const named = headers["x-api-key"] ?? headers["api-key"] ?? headers["x-goog-api-key"];
  return (named ? String(named) : undefined) ?? bearer ?? query.get("key") ?? "";
}

function geminiRefusal(key: string): Refusal {
  if (key) {
    const reason = { reason: "API_KEY_INVALID", domain: "googleapis.com" };
    const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", ...reason };
    const details = [{ ...info, metadata: { service: "generativelanguage.googleapis.com" } }];
    const message = "API key not valid. Please pass a valid API key.";
    return { status: 400, message, details };
  }
  const message =
    "Method doesn't allow unregistered callers (callers without established identity). Please use " +
    "API Key or other form of API consumer identity to call this API.";
  return { status: 403, message };
}

/** The refusal of a missing or bad key, in the provider's words; the key is not repeated. */
export function refuseKey(
  provider: SimulatedProvider,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): Refusal | undefined {
  const key = keyOf(headers, query);
  if (key === BAD_KEY || (!key && !provider.keyless)) {
    if (provider.family === "gemini") return geminiRefusal(key);
    if (provider.family === "anthropic") {
      return { status: 401, message: key ? "invalid x-api-key" : "x-api-key header is required" };
    }
    const message = key
      ? "Incorrect API key provided. You can find your API key in your account settings."
      : "You didn't provide an API key. You need to provide your API key in an Authorization " +
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
    return { status: 401, message, code: key ? "invalid_api_key" : undefined };
  }
  return undefined;
}
