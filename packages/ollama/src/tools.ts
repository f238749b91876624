/** Tools and tool choice in Ollama's words. */
import { type Changes, compileSchema, type ToolChoice, type WireTool } from "@polycall/core";

/**
 * The tools to send; undefined for none. Ollama has no tool choice: "none" and a subset are kept by
 * sending fewer tools, a forced call cannot be.
 * @throws UnsupportedParamsError for a forced call and for custom (free text) tools
 */
export function ollamaTools(
  tools: readonly WireTool[] | undefined,
  choice: ToolChoice | null | undefined,
  changes: Changes,
): WireTool[] | undefined {
  const isForced = choice && choice !== "auto" && choice !== "none";
  if (!tools?.length) {
    if (!isForced) return undefined;
    const what = "it asks for a tool call, and there are no tools.";
    const rule = "ollama/choice-without-tools";
    return changes.refuse("tool_choice", what, "Declare it in tools.", rule);
  }
  if (choice === "none") {
    const reason = "Ollama has no tool choice; without tools the model calls none";
    changes.note({
      param: "tool_choice",
      action: "emulated",
      from: choice,
      to: "no tools",
      reason,
    });
    return undefined;
  }
  const sent = tools.map((tool, at) => functionTool(tool, `tools[${at}]`, changes));
  if (!isForced) return sent;
  if (typeof choice === "object" && choice.type === "allowed_tools") {
    const { mode, tools: allowed } = choice.allowed_tools;
    if (mode === "auto") {
      const names = new Set(allowed.map(allowedName));
      const kept = sent.filter((tool) => tool.type === "function" && names.has(tool.function.name));
      if (!kept.length) {
        const named = [...names].join(", ") || "no tool";
        return changes.refuse("tool_choice", `it allows ${named}, which tools does not have.`);
      }
      const reason = "Ollama has no tool choice; only the allowed tools are sent";
      changes.note({ param: "tool_choice", action: "emulated", to: [...names], reason });
      return kept;
    }
  }
  return changes.refuse(
    "tool_choice",
    "Ollama cannot force a tool call.",
    'Use tool_choice "auto" and say in the prompt which tool to call.',
  );
}

function functionTool(tool: WireTool, param: string, changes: Changes): WireTool {
  if (tool.type !== "function") {
    const { type } = tool;
    return changes.refuse(
      param,
      `Ollama takes function tools only (${param} is ${type}).`,
      "Declare it as a function, or leave it out.",
    );
  }
  const { parameters } = tool.function;
  const schema = parameters
    ? compileSchema(parameters, "plain", "tool").schema
    : { type: "object", properties: {} };
  return { ...tool, function: { ...tool.function, parameters: schema } };
}

function allowedName(tool: { [key: string]: unknown }): unknown {
  return tool.name ?? (tool.function as { name?: unknown } | undefined)?.name;
}
