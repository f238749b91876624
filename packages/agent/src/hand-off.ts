/** The tools with which an agent hands the conversation over. */
import { type AnyTool, tool } from "@polycall/core";
import type { HandOff } from "./definition.ts";

/** The name of the agent behind each. */
export const handOffTools = new WeakMap<AnyTool, string>();

export function handOffTool({ agent: { name, description } }: HandOff): AnyTool {
  const made = tool({
    name: `transfer_to_${name}`.slice(0, 64),
    description: `Hands the conversation over to ${name}${description ? `: ${description}` : ""}. It sees what was said and goes on with the user.`,
    parameters: { type: "object", properties: {} },
    untrusted: false,
    execute: () => "",
  });
  handOffTools.set(made, name);
  return made;
}
