/** The second half of a sign-in: what comes back from the authorisation server becomes a token. */
import { InvalidRequestError } from "@polycall/core";
import { McpAuthorizationError } from "./errors.ts";
import type { HttpServer } from "./options.ts";

/**
 * Redeems the code with which the authorisation server has sent the user back. The tokens are saved by
 * your `authProvider`; then `mcp()` connects.
 * @param server as given to `mcp()`, with the same `authProvider`
 * @param callback the address that the user came back to, or its query
 * @param options.state what your `authProvider.state()` gave out: another one is refused
 * @throws McpAuthorizationError when the user declined, or the code is not taken
 */
export async function finishMcpAuth(
  server: HttpServer & { name?: string },
  callback: string | URL | URLSearchParams,
  options: { state?: string } = {},
): Promise<void> {
  const params = callback instanceof URLSearchParams ? callback : queryOf(callback);
  const { HttpTransport } = await import("./http-transport.ts");
  const url = new URL(server.url);
  const info = { server: server.name, transport: `${url.origin}${url.pathname}` };
  if (options.state !== undefined && params.get("state") !== options.state)
    throw new McpAuthorizationError(
      "The sign-in that comes back is not the one that was begun: its state is another. Begin anew.",
      info,
    );
  const transport = new HttpTransport(server, 2 ** 20);
  try {
    await transport.start();
    await transport.finishAuth(params);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new McpAuthorizationError(
      `The sign-in at ${info.transport} did not succeed: ${said.slice(0, 300)}. Connect anew with mcp() to begin another.`,
      { ...info, cause: error },
    );
  } finally {
    await transport.close();
  }
}

function queryOf(callback: string | URL): URLSearchParams {
  try {
    return new URL(callback).searchParams;
  } catch {
    throw new InvalidRequestError(
      "finishMcpAuth(): give the whole address that the user came back to, or its URLSearchParams.",
      { param: "callback" },
    );
  }
}
