/** Hosts' limits and words for tools. */
import type { Changes, ToolCall, ToolChoice, WireTool } from "@polycall/core";
import type { Body, Quirk } from "./quirk.ts";

/** Mistral's word for `required`. */
export const requiredIsAny: Quirk = {
  name: "requiredIsAny",
  body(body) {
    if (body.tool_choice === "required") body.tool_choice = "any";
  },
};

/** The host has no choice but `auto` (Z.ai): `none` sends no tools, a forced call is refused. */
export const autoToolChoiceOnly: Quirk = {
  name: "autoToolChoiceOnly",
  body(body, { changes }) {
    const choice = body.tool_choice as ToolChoice | undefined;
    if (choice === undefined || choice === "auto") return;
    if (choice !== "none") {
      const instead = 'Use tool_choice "auto" and say in the prompt that the tool must be called.';
      changes.refuse("tool_choice", "it cannot be made to call a tool.", instead);
    }
    delete body.tool_choice;
    delete body.tools;
    const reason = "this host knows tool_choice auto only; without tools none is called";
    changes.note({
      param: "tool_choice",
      action: "emulated",
      from: "none",
      to: "no tools",
      reason,
    });
  },
};

/** Only OpenAI knows `allowed_tools`: the others are left out, which comes to the same. */
export const allowedToolsFilter: Quirk = {
  name: "allowedToolsFilter",
  body(body, { changes }) {
    const choice = body.tool_choice as ToolChoice | undefined;
    if (typeof choice !== "object" || choice.type !== "allowed_tools") return;
    const { mode, tools } = choice.allowed_tools;
    const allowed = new Set(tools.map(allowedName));
    const kept = (body.tools as WireTool[]).filter((tool) => allowed.has(nameOf(tool)));
    if (!kept.length) {
      const named = [...allowed].join(", ");
      changes.refuse("tool_choice", `it allows ${named || "no tool"}, which tools does not have.`);
    }
    body.tools = kept;
    body.tool_choice = mode;
    const reason = "this host knows no allowed_tools; the other tools are not sent";
    changes.note({ param: "tool_choice", action: "emulated", from: choice, to: mode, reason });
  },
};

/** Only OpenAI has custom (free text) tools. */
export const functionToolsOnly: Quirk = {
  name: "functionToolsOnly",
  assistant(wire) {
    const calls = wire.tool_calls as ToolCall[] | undefined;
    if (calls?.some((call) => call.type === "custom")) wire.tool_calls = calls.map(asFunction);
  },
  body(body, { changes }) {
    const tools = (body.tools ?? []) as WireTool[];
    const at = tools.findIndex((tool) => tool.type === "custom");
    if (at >= 0) refuseCustom(tools[at]!, at, changes);
  },
};

/** A call of OpenAI's in the history: its text is the one argument. */
function asFunction(call: ToolCall): ToolCall {
  if (call.type !== "custom") return call;
  const { name, input } = call.custom;
  return {
    id: call.id,
    type: "function",
    function: { name, arguments: JSON.stringify({ input }) },
  };
}

function refuseCustom(tool: WireTool, at: number, changes: Changes): never {
  const instead = "Make it a function with one string parameter.";
  return changes.refuse(`tools[${at}]`, `custom tools (${nameOf(tool)}) are OpenAI's.`, instead);
}

/** A host's own tool has no name but its type. */
function nameOf(tool: WireTool): string {
  if (tool.type === "custom") return tool.custom.name;
  return tool.function?.name ?? tool.type;
}

/** `{ type, name }` or `{ type, function: { name } }`: both are met. */
function allowedName(tool: Body): unknown {
  const inner = (tool.function ?? tool.custom) as { name?: unknown } | undefined;
  return inner?.name ?? tool.name ?? tool.type;
}
