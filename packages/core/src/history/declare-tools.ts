/** Declares the tools of a history whose request has none, for APIs that refuse undeclared ones. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";
import type { WireTool } from "../types/request.ts";
import { callName } from "./calls.ts";
import { Trail } from "./trail.ts";

/**
 * The request's tools; when there are none and the history calls some, a bare declaration of each.
 * Whoever uses them forbids calling them (`tool_choice: "none"`) where the API can.
 */
export function declareTools(
  tools: WireTool[] | undefined,
  messages: readonly Message[],
  changes: Changes,
): WireTool[] | undefined {
  Trail.of(messages, changes);
  if (tools?.length) return tools;
  const names = new Set<string>();
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    for (const call of message.tool_calls ?? []) names.add(callName(call));
  }
  if (!names.size) return tools;
  changes.note({
    param: "tools",
    action: "repaired",
    to: [...names],
    reason: "the history calls tools that the request does not declare",
  });
  return [...names].map((name) => ({
    type: "function",
    function: {
      name,
      description: "Was used earlier in this conversation; not available now.",
      parameters: { type: "object", properties: {} },
    },
  }));
}
