/** What a client asks of prompt caches: `createClient({ promptCaches: async () => promptCaches })`. */
import { Changes, type PromptCaches } from "@polycall/core";
import { checkCaching } from "./check.ts";
import { describe } from "./describe.ts";
import { factsOf } from "./facts.ts";
import { prepare } from "./prepare.ts";
import { report } from "./report.ts";
import { begin } from "./watch.ts";

export const promptCaches: PromptCaches = {
  plan(provider, request, context, option) {
    checkCaching(option);
    const facts = provider.caching?.(context) ?? factsOf(context);
    const changes = new Changes(context);
    const { request: ready, notes, ttl, added } = prepare(request, option, facts, changes);
    const plan = provider.plan(ready, context);
    const cache = describe(plan, facts, notes, ttl);
    if (option === "off") cache.off = true;
    else begin(cache);
    const news = plan.changes.filter(
      ({ param, action }) => action !== "renamed" || !added?.has(param),
    );
    return { ...plan, changes: [...changes.list, ...news], cache };
  },
  describe(plan, { provider, connection, model }) {
    const context = { connection, model, onUnsupported: "drop" } as const;
    const facts = provider.caching?.(context) ?? factsOf(context);
    return describe(plan, facts, facts?.note ? [facts.note] : [], facts?.ttls?.[0]);
  },
  report,
};
