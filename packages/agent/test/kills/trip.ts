/** The agent that is killed: tools at once, sub-agents with tools, effects that can be told from one another. */
import { tool } from "@polycall/core";
import type { PolycallClient } from "polycall";
import * as z from "zod";
import { type AgentContext, agent, type Store } from "../../src/index.ts";

export interface Place {
  /** Where effects are had: POST /keyed/WHAT with an idempotency key, POST /raw/WHAT without. */
  service: string;
  store?: Store;
  client: PolycallClient;
  model: string;
  /** A person is asked before a city is posted about. */
  asks?: boolean;
  /** Tokens that the lead can read: what was said before in its session has to be summed up. */
  contextWindow?: number;
}

/** What was said in a session before the trip: more than the lead can read. */
export const contextWindow = 4000;
export const talk = Array.from({ length: 9 }, (_, i) => ({
  role: "user" as const,
  content: `${i}: ${"Trips are fun. ".repeat(40)}`,
}));

/** What all calls of a tool say when they have had their effect. */
export const said = (what: string) => `did ${what}`;

export function trip({ service, store, client, model, asks = false, contextWindow }: Place) {
  const effect = async (path: string, headers: HeadersInit, signal: AbortSignal) => {
    const reply = await fetch(`${service}/${path}`, { method: "POST", headers, signal });
    if (!reply.ok) throw new Error(`the service answered ${reply.status}`);
    return reply.text();
  };
  const keyed = (name: string) =>
    tool({
      name,
      parameters: z.object({ what: z.string() }),
      execute: ({ what }, { idempotencyKey, signal }: AgentContext) =>
        effect(`keyed/${name} ${what}`, { "idempotency-key": idempotencyKey }, signal),
    });
  const raw = (name: string, needsApproval = false) =>
    tool({
      name,
      needsApproval,
      parameters: z.object({ what: z.string() }),
      idempotent: false,
      execute: ({ what }, { signal }: AgentContext) => effect(`raw/${name} ${what}`, {}, signal),
    });
  const shared = { client, model, ...(store && { store }) };
  const scout = agent({
    ...shared,
    name: "scout",
    description: "Scouts a city",
    instructions: "You scout.",
    tools: [keyed("look"), raw("post", asks)],
  });
  const clerk = agent({
    ...shared,
    name: "clerk",
    instructions: "You close.",
    tools: [keyed("stamp")],
  });
  return agent({
    ...shared,
    name: "lead",
    instructions: "You lead.",
    tools: [keyed("charge"), raw("mail"), scout.asTool()],
    handoffs: [clerk],
    ...(contextWindow && { compaction: { contextWindow, at: 0.5 } }),
  });
}
