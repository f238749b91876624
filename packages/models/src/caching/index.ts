/** What a client asks of prompt caches: `createClient({ promptCaches: async () => promptCaches })`. */
import { Changes, type PromptCaches } from "@polycall/core";
import { describe } from "./describe.ts";
import { prepare } from "./prepare.ts";
import { watch } from "./watch.ts";

export const promptCaches: PromptCaches = {
  plan(provider, request, context, option) {
    const facts = provider.caching?.(context);
    const changes = new Changes(context);
    const { request: ready, notes, ttl, added } = prepare(request, option, facts, changes);
    const plan = provider.plan(ready, context);
    const cache = describe(plan, facts, notes, ttl);
    if (option === "off") cache.off = true;
    const news = plan.changes.filter(
      ({ param, action }) => action !== "renamed" || !added?.has(param),
    );
    return { ...plan, changes: [...changes.list, ...news], cache };
  },
  describe(provider, plan, context) {
    const facts = provider.caching?.(context);
    return describe(plan, facts, facts?.note ? [facts.note] : [], facts?.ttls?.[0]);
  },
  watch,
};
