/** Says when a model is off or soon will be, and when another one served: on the reply, once in the log. */
import type { Change, Plugin } from "@polycall/core";

export interface Lifecycle {
  deprecationOf(model: string, now: Date): Change | undefined;
  substitutionOf(model: string, served: string): Change | undefined;
}

/**
 * The call does not wait for the catalogue; only its answer does, the first time. A failure is told of,
 * too: a model that is gone is a reason for one.
 */
export function lifecycle(load: () => Promise<Lifecycle>, now = () => new Date()): Plugin {
  const said = new Set<string>();
  return async function lifecycle(request, next, call) {
    const { model } = request;
    const loading = load().catch(() => undefined);
    const log = (change: Change) => {
      const line = `${change.from}: ${change.reason}`;
      if (said.has(line)) return;
      said.add(line);
      call.logger.warn(line);
    };
    try {
      const reply = await next(request);
      const catalogue = await loading;
      const warn = (change: Change | undefined) => {
        if (!change) return;
        log(change);
        // Those of the call come again in a stream's final().
        call.warnings.unshift(change);
        reply.warnings.unshift(change);
      };
      warn(catalogue?.deprecationOf(model, now()));
      // A fallback, where one answered, is what was asked for last.
      const { provider, model: asked } = call.attempts.at(-1) ?? { provider: "", model: "" };
      const served = (name: string) =>
        warn(catalogue?.substitutionOf(`${provider}/${asked}`, name));
      if ("model" in reply) served(reply.model);
      else {
        let first = true;
        call.onChunk((chunk) => {
          if (first) served(chunk.model);
          first = false;
        });
      }
      return reply;
    } catch (error) {
      const change = (await loading)?.deprecationOf(model, now());
      if (change) log(change);
      throw error;
    }
  };
}
