/** Where the agents of the examples find a model, and what the simulator says in its place. */
import type { Scripted } from "@polycall/testing";
import { connect } from "./connect.ts";

/** @param script the turns of the simulator; a real model says its own */
export async function team(script: Scripted[]) {
  const { models, simulator, close, ...client } = await connect({ logLevel: "error" });
  simulator?.script(script);
  return { model: models[0], client, close, isReal: !simulator };
}

/** A scripted turn that calls tools. */
export function call(...calls: [name: string, args: object][]) {
  return { calls: calls.map(([name, args]) => ({ name, args: args as never })) };
}
