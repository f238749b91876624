/** Sends a request that was refused for a parameter once more, mended. What it needs is loaded then. */
import type { CallInternals } from "../call.ts";
import type { ClientContext } from "../client-context.ts";
import type { Plugin } from "../plugin.ts";

export function heal(client: ClientContext): Plugin {
  return async function heal(request, next, call) {
    try {
      return await next(request);
    } catch (error) {
      const load = client.capabilityTools;
      const mayBe = "messages" in request && /^(BadR|Unproc)/.test((error as Error).name);
      if (!load || !mayBe) throw error;
      const { healed, isRefusal } = await load();
      if (!isRefusal(error)) throw error;
      return await healed(error, request, next, call as CallInternals, client);
    }
  };
}
