/** OpenAI's functions of 2023 as tools: in the history and in the request. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";
import type { CompletionRequest, ToolChoice, WireTool } from "../types/request.ts";
import { Trail } from "./trail.ts";

/**
 * `function_call` becomes a tool call, a message of role `function` its result. Ids are made from
 * the index of the calling message, so that the same history gives the same request.
 */
export function legacyFunctions(
  messages: readonly Message[],
  changes: Changes,
): readonly Message[] {
  const isLegacy = (message: Message) =>
    message.role === "function" || (message.role === "assistant" && !!message.function_call);
  if (!messages.some(isLegacy)) return messages;
  const trail = Trail.of(messages, changes);
  let lastId: string | undefined;
  return messages.map((message, index): Message => {
    if (!isLegacy(message)) return message;
    const place = trail.place(message);
    const reason = "function calls of the old kind are sent as tool calls";
    if (message.role === "assistant" && message.function_call) {
      const { function_call, ...rest } = message;
      lastId = `call_legacy_${index}`;
      changes.note({ param: `${place}.function_call`, action: "converted", to: lastId, reason });
      const call = { id: lastId, type: "function" as const, function: function_call };
      return trail.copy(message, { ...rest, tool_calls: [...(rest.tool_calls ?? []), call] });
    }
    if (message.role !== "function") return message;
    changes.note({ param: place, action: "converted", from: "function", to: "tool", reason });
    const { name: _, role: __, content, ...rest } = message;
    return trail.copy(message, {
      ...rest,
      role: "tool",
      tool_call_id: lastId ?? `call_legacy_none_${index}`,
      content: content ?? "",
    });
  });
}

/** The request's tools and tool choice, those of the old kind (`functions`, `function_call`) included. */
export function legacyTools(
  request: Pick<CompletionRequest, "tools" | "tool_choice" | "functions" | "function_call">,
  changes: Changes,
): { tools: WireTool[] | undefined; tool_choice: ToolChoice | undefined } {
  let { tools, tool_choice, functions, function_call } = request;
  const reason = "functions of the old kind are sent as tools";
  if (functions?.length) {
    const made = functions.map((fn): WireTool => ({ type: "function", function: fn }));
    tools = [...(tools ?? []), ...made];
    changes.note({ param: "functions", action: "converted", to: "tools", reason });
  }
  if (function_call && !tool_choice) {
    tool_choice =
      typeof function_call === "string"
        ? function_call
        : { type: "function", function: { name: function_call.name } };
    changes.note({ param: "function_call", action: "converted", to: "tool_choice", reason });
  }
  return { tools, tool_choice };
}
