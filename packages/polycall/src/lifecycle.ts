/** Says when the model asked for is off, or soon will be: on the reply, and once in the client's log. */
import type { Change, Plugin } from "@polycall/core";

export interface Lifecycle {
  deprecationOf(model: string, now: Date): Change | undefined;
}

/**
 * The call does not wait for the catalogue; only its answer does, the first time. A failure is told of,
 * too: a model that is gone is a reason for one.
 */
export function lifecycle(load: () => Promise<Lifecycle>, now = () => new Date()): Plugin {
  const said = new Set<string>();
  return async function lifecycle(request, next, call) {
    const { model } = request;
    const looked = load().then(
      (catalogue) => catalogue.deprecationOf(model, now()),
      () => undefined,
    );
    try {
      const reply = await next(request);
      const change = await looked;
      if (change) {
        // Those of the call come again in a stream's final().
        call.warnings.unshift(change);
        reply.warnings.unshift(change);
      }
      return reply;
    } finally {
      const change = await looked;
      if (change && !said.has(model)) {
        said.add(model);
        call.logger.warn(`${model}: ${change.reason}`);
      }
    }
  };
}
