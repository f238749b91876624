/** Learns from what models use: how far the estimates are off, how long replies are. */
import type { Plugin, Usage } from "@polycall/core";

export interface Learner {
  estimateTokens(model: string, body: { readonly [key: string]: unknown }): { tokens: number };
}

export interface Sights {
  note(model: string, estimated: number, usage: Usage): void;
}

/** Calls of a model that are looked at: the first ones, then every so many. */
const first = 4;
const every = 32;
/** Models counted; beyond them all counts begin anew. */
const most = 1000;

/** An estimate reads the whole prompt, so most calls are not looked at. */
export function learn(load: () => Promise<Learner>, seen: () => Promise<Sights>): Plugin {
  const calls = new Map<string, number>();
  return async function learn(request, next, call) {
    const count = calls.get(request.model) ?? 0;
    if (calls.size >= most) calls.clear();
    calls.set(request.model, count + 1);
    const reply = await next(request);
    if (!("messages" in request) || (count >= first && count % every)) return reply;
    const note = async (usage: Usage | null | undefined) => {
      // A second try may have been another request, or another model's.
      const [only, other] = call.attempts;
      if (!usage || !only || other) return;
      const [catalogue, sights] = await Promise.all([load(), seen()]).catch(() => []);
      if (!catalogue || !sights) return;
      const { tokens } = catalogue.estimateTokens(only.model, { ...request });
      sights.note(`${only.provider}/${only.model}`, tokens, usage);
    };
    if ("usage" in reply) await note(reply.usage as Usage | undefined);
    else if (!("model" in reply)) call.onChunk(({ usage }) => void note(usage));
    return reply;
  };
}
