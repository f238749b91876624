/** Joins consecutive messages of one role, for APIs whose turns must alternate. */
import type { Changes } from "../changes.ts";
import type { AssistantMessage, Message, UserMessage } from "../types/messages.ts";
import { Trail } from "./trail.ts";

/**
 * Joins neighbouring user messages, and neighbouring assistant messages, part after part. An
 * assistant message that carries state for its provider stays apart: joined, it would no longer be
 * what that provider signed.
 */
export function mergeTurns(messages: readonly Message[], changes: Changes): readonly Message[] {
  const trail = Trail.of(messages, changes);
  const merged: Message[] = [];
  for (const message of messages) {
    const before = merged.at(-1);
    const joined = before && join(before, message);
    if (!joined) {
      merged.push(message);
      continue;
    }
    merged[merged.length - 1] = trail.copy(before, joined);
    changes.note({
      param: trail.place(message),
      action: "repaired",
      to: `joined to ${trail.place(before)}`,
      reason: `turns alternate, so neighbouring ${message.role} messages are joined`,
    });
  }
  return merged.length === messages.length ? messages : merged;
}

function join(a: Message, b: Message): Message | undefined {
  if (a.role === "user" && b.role === "user") return joinUsers(a, b);
  if (a.role !== "assistant" || b.role !== "assistant") return undefined;
  if (a.tool_calls?.length || hasState(a) || hasState(b)) return undefined;
  return joinAssistants(a, b);
}

function hasState(message: AssistantMessage): boolean {
  return !!message.provider_state?.length || !!message.thinking_blocks?.length;
}

function joinUsers(a: UserMessage, b: UserMessage): UserMessage {
  const joined = { ...b, ...a, content: [...parts(a.content), ...parts(b.content)] };
  if (a.name !== b.name) delete joined.name;
  return joined;
}

function joinAssistants(a: AssistantMessage, b: AssistantMessage): AssistantMessage {
  const content = [...parts(a.content), ...parts(b.content)];
  const reasoning = [a.reasoning_content, b.reasoning_content].filter(Boolean).join("\n");
  return {
    ...a,
    ...b,
    content: content.length ? content : null,
    ...(reasoning && { reasoning_content: reasoning }),
  };
}

function parts<P>(content: string | readonly P[] | null | undefined) {
  if (typeof content !== "string") return content ?? [];
  return content ? [{ type: "text" as const, text: content }] : [];
}
