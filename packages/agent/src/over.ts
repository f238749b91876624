/** Runs agents over another memory than the journal: what an engine of durable execution builds on. */
import { InvalidRequestError, type Message } from "@polycall/core";
import { ActiveRun, endless } from "./active.ts";
import { type AnyAgent, agentTools, type Definition, definitions } from "./definition.ts";
import type { ChildRun, Durable } from "./durable.ts";
import { carryInside } from "./inside.ts";
import { Budget } from "./limits.ts";
import type { Run } from "./run.ts";
import { readSession, standingDecisions } from "./run-session.ts";
import { carryOut, type RunInput, type RunOptions, sharedOf } from "./runner.ts";
import { sessionLog } from "./session-log.ts";
import type { Json } from "./store.ts";
import { storeForNew } from "./store-for.ts";

export type OverOptions = Pick<RunOptions, "context" | "session" | "signal">;

/**
 * Carries a run out, or goes on with it, from what `durable` keeps.
 * @throws RunError
 */
export async function conductOver(
  agent: AnyAgent,
  durable: Durable,
  input: RunInput,
  options: OverOptions = {},
): Promise<Run> {
  const definition = definitionOf(agent);
  const { session } = options;
  const store = await storeForNew(definition, session);
  const messages = typeof input === "string" ? [{ role: "user" as const, content: input }] : input;
  const head = { input: messages as unknown as Json };
  if (session === undefined) {
    return carryOut(definition, store, { durable, head, history: [] }, options);
  }
  const begun = (await durable.step("session", async () => ({
    sessionVersion: await store.version(sessionLog(session)),
    always: await standingDecisions(store, session),
  }))) as { sessionVersion: number; always: { [key: string]: "approve" | "reject" } };
  const { messages: history } = await readSession(store, session, begun.sessionVersion);
  const whole = { durable, head: { ...head, session, ...begun }, history };
  return carryOut(definition, store, whole, options);
}

/**
 * Carries out a run inside a run where its caller is not at hand, so within what its budgets had left when it
 * was called.
 * @param root the agent from which the caller was reached
 * @returns what `child()` of the caller's memory is to return
 */
export async function conductInside(
  root: AnyAgent,
  durable: Durable,
  { agent: name, path, input, limits }: ChildRun,
  { context, session, signal = endless }: OverOptions = {},
): Promise<Json> {
  const definition = agentsOf(root).get(name);
  if (!definition) {
    throw new InvalidRequestError(`${root.name} reaches no agent "${name}" any more.`, {
      param: "agent",
    });
  }
  const store = await storeForNew(definition, session);
  const inner = new ActiveRun({
    durable,
    shared: sharedOf(definition, store, session, {}, { context }),
    budget: new Budget([...(definition.stopWhen ?? []), ...limits]),
    signal,
    emit: () => undefined,
    streaming: false,
    agent: definition,
    path,
    input: [{ role: "user", content: input }] satisfies Message[],
    history: [],
  });
  return (await carryInside(inner)) as unknown as Json;
}

/**
 * The agent and all that it can reach, as tools and by hand-off, by their names.
 * @throws InvalidRequestError where two have the same one
 */
export function agentsOf(agent: AnyAgent): Map<string, Definition> {
  const found = new Map<string, Definition>();
  const visit = (definition: Definition): void => {
    const known = found.get(definition.name);
    if (known === definition) return;
    if (known) {
      throw new InvalidRequestError(
        `${agent.name} reaches two agents called "${definition.name}": in a run that goes on elsewhere they could not be told apart.`,
        { param: "name" },
      );
    }
    found.set(definition.name, definition);
    for (const one of definition.tools.values()) {
      const inner = agentTools.get(one);
      if (inner) visit(inner.definition);
    }
    for (const handOff of definition.handOffs.values()) visit(definitionOf(handOff.agent));
  };
  visit(definitionOf(agent));
  return found;
}

function definitionOf(agent: AnyAgent): Definition {
  const definition = definitions.get(agent);
  if (definition) return definition;
  throw new InvalidRequestError("Give an agent made by agent().", { param: "agent" });
}
