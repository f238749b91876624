/** Keeps web pages off a server on this machine: DNS rebinding and foreign origins. */
import type { ServeOptions } from "./serve.ts";

/** The refusal of a request that came under a name or from a page that is not allowed. */
export async function refusedByAddress(
  request: Request,
  { allowedHosts, allowedOrigins }: Pick<ServeOptions, "allowedHosts" | "allowedOrigins">,
): Promise<Response | undefined> {
  const sdk = await import("@modelcontextprotocol/server");
  if (allowedHosts !== "any") {
    const hosts = allowedHosts ? [...allowedHosts] : sdk.localhostAllowedHostnames();
    // A request that was made by hand has its address alone.
    const host = request.headers.get("host") ?? new URL(request.url).host;
    const checked = sdk.validateHostHeader(host, hosts);
    if (!checked.ok) return refusal(`Refused for its Host header. ${checked.message}`);
  }
  if (allowedOrigins === "any") return undefined;
  const origins = allowedOrigins ? [...allowedOrigins] : sdk.localhostAllowedOrigins();
  const checked = sdk.validateOriginHeader(request.headers.get("origin"), origins);
  return checked.ok ? undefined : refusal(`Refused for its Origin header. ${checked.message}`);
}

function refusal(message: string): Response {
  const error = { code: -32_000, message };
  return Response.json({ jsonrpc: "2.0", id: null, error }, { status: 403 });
}
