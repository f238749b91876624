/** A model that says what a test wrote, over the wire. */
import { type Scripted, type ScriptedReply, type Simulator, simulator } from "@polycall/testing";
import { createClient, type PolycallClient } from "polycall";

export interface ScriptedModel extends AsyncDisposable {
  model: string;
  client: PolycallClient;
  sim: Simulator;
}

/** @param replies in the order in which they are asked for */
export async function scripted(
  replies: readonly Scripted[],
  model = "openai/gpt-4.1-mini",
): Promise<ScriptedModel> {
  const sim = await simulator();
  sim.script([...replies]);
  const client = createClient({
    providers: sim.providers,
    defaults: { maxRetries: 0 },
    logLevel: "error",
  });
  return { model, client, sim, [Symbol.asyncDispose]: () => sim.close() };
}

/** A reply that calls tools. */
export const calling = (...calls: [name: string, args: object][]): ScriptedReply => ({
  calls: calls.map(([name, args]) => ({ name, args: args as never })),
});
