/** Checks around a run: what comes in, what goes out, and each call of a tool. */
import type { Message } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { hear } from "./hooks.ts";
import type { Json } from "./store.ts";

/** Nothing: it may pass. `block` says why not, `replace` is what passes in its place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a check that returns nothing lets it pass
export type Verdict<T> = undefined | void | { block: string } | { replace: T };
type Answer<T> = Verdict<T> | Promise<Verdict<T>>;

export interface ToolCallToCheck {
  name: string;
  args: Json;
}

/**
 * Each list is asked in order, before anything is done with what it is asked about, and once: its verdict
 * is kept with the run.
 */
export interface Guardrails {
  /** The messages that begin a run. Blocked: the run ends as "blocked", and no model is asked. */
  input?: readonly ((messages: readonly Message[]) => Answer<Message[]>)[];
  /** The final text. Blocked: the run ends as "blocked", with no output. */
  output?: readonly ((text: string) => Answer<string>)[];
  /** A call and its arguments. Blocked: it is not run, and the model is told why. */
  toolCall?: readonly ((call: ToolCallToCheck) => Answer<ToolCallToCheck>)[];
}

/** What became of a value: why it may not pass, or what passes. */
export type Judged<T> = { block: string } | { pass: T };

/** What all guardrails of a list make of a value: asked once, and kept with the run under `name`. */
export async function judge<T>(
  run: ActiveRun,
  name: string,
  guardrails: readonly ((value: T) => Answer<T>)[] | undefined,
  value: T,
): Promise<Judged<T>> {
  if (!guardrails?.length) return { pass: value };
  const kept = await run.durable.step(name, async () => {
    let passing = value;
    for (const guardrail of guardrails) {
      const verdict = await hear(run, () => guardrail(passing));
      if (!verdict) continue;
      if ("block" in verdict) return { block: verdict.block };
      passing = verdict.replace;
    }
    return { pass: passing as unknown as Json };
  });
  return kept as Judged<T>;
}
