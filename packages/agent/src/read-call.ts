/** A call as the model wrote it: its tool found, its arguments read, past the guardrails. */
import { type AnyTool, type FunctionToolCall, nearest, type ToolCall } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import type { Decision } from "./approval.ts";
import { readArguments } from "./arguments.ts";
import { judge, type ToolCallToCheck } from "./guardrails.ts";
import { unlessEnded } from "./hooks.ts";
import type { Json } from "./store.ts";

/** A call that is to be run, or that is answered with what is wrong with it. */
export interface ReadCall {
  /** Step and place in the step: "3.0". */
  id: string;
  call: FunctionToolCall;
  name: string;
  tool?: AnyTool;
  args: unknown;
  json: Json;
  repaired: boolean;
  /** Why it is not run, for the model. */
  problem?: string;
  decision?: Decision;
  /** How often it was interrupted, and a person had it run again. */
  again?: number;
  /** What a sub-agent is asked. */
  input?: string;
}

/** @param cut the model's reply reached its limit in this call */
export async function readCall(
  run: ActiveRun,
  id: string,
  call: ToolCall,
  cut: boolean,
): Promise<ReadCall> {
  if (call.type === "custom") {
    const named = {
      id: call.id,
      type: "function",
      function: { name: call.custom.name, arguments: "" },
    } as const;
    return {
      id,
      call: named,
      name: call.custom.name,
      args: {},
      json: {},
      repaired: false,
      problem: unknownTool(run, call.custom.name),
    };
  }
  const { name, arguments: text } = call.function;
  const tool = run.toolNamed(name);
  const base = { id, call, name, repaired: false };
  if (!tool) return { ...base, args: {}, json: text, problem: unknownTool(run, name) };
  const readArgs = await unlessEnded(run, readArguments(text, tool, cut));
  if ("error" in readArgs) return { ...base, tool, args: {}, json: text, problem: readArgs.error };
  const { args, repaired } = readArgs;
  const read = { id, call, name, tool, args, json: readArgs.json as Json, repaired };
  return run.agent.guardrails.toolCall?.length ? guard(run, read) : read;
}

function unknownTool(run: ActiveRun, name: string): string {
  const names = run.toolsNow.map((tool) => tool.function.name);
  const near = nearest(name, names);
  return `There is no tool "${name}"${near ? `. Did you mean "${near}"?` : "."} The tools are: ${names.join(", ") || "none"}.`;
}

/** A call past the guardrails. */
async function guard(run: ActiveRun, call: ReadCall): Promise<ReadCall> {
  const { toolCall } = run.agent.guardrails;
  const asked = { name: call.name, args: call.json };
  const judged = await judge<ToolCallToCheck>(run, `guard ${call.id}`, toolCall, asked);
  if ("block" in judged) return { ...call, problem: `This call was not allowed: ${judged.block}` };
  return judged.pass.args === call.json ? call : withArguments(run, call, judged.pass.args);
}

/** The call with other arguments, which have to fit like the model's own. */
export async function withArguments(run: ActiveRun, call: ReadCall, json: Json): Promise<ReadCall> {
  const read = await unlessEnded(run, readArguments(JSON.stringify(json), call.tool!));
  if ("error" in read) return { ...call, json, problem: read.error };
  return { ...call, args: read.args, json: read.json as Json };
}
