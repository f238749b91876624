/** What people write into OLLAMA_HOST, as a URL. Source: ollama's envconfig.Host. */

/**
 * Adds a missing scheme and Ollama's port, turns the address to listen on (0.0.0.0, ::) into one
 * to call, and takes off the `/api` or `/v1` that other clients want. Other text comes back as it was.
 */
export function normalizeBaseURL(given: string): string {
  const text = given.trim().replace(/^["']|["']$/g, "");
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const host = text.startsWith(":") ? `127.0.0.1${text}` : text;
  let url: URL;
  try {
    url = new URL(hasScheme ? text : `http://${host || "127.0.0.1"}`);
  } catch {
    return given;
  }
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  if (url.hostname === "ollama.com" && !hasScheme) url.protocol = "https:";
  else if (!hasScheme && !/:\d+$/.test(host.split("/")[0]!)) url.port = "11434";
  const path = url.pathname.replace(/\/+$/, "").replace(/\/(api|v1)$/, "");
  return `${url.protocol}//${url.host}${path}`;
}
