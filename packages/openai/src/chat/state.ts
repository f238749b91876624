/** What a host must get back unchanged: reasoning details, and Google's thought signatures. */
import type { AssistantMessage, Plan, ProviderState } from "@polycall/core";
import type { ReasoningDetail, WireMessage } from "./wire.ts";

/** The `endpoint` of the states made here. */
export const chatEndpoint = "chat/completions";

/** Google's signature of a message (`call` absent) or of its call of that index. */
export interface ExtraContent {
  type: "extra_content";
  call?: number;
  extra_content: unknown;
}

export type StateItem = ReasoningDetail | ExtraContent;

export function isExtraContent(item: unknown): item is ExtraContent {
  return (item as { type?: unknown } | null)?.type === "extra_content";
}

/**
 * The state of a reply's message; `undefined` where plain text and calls suffice. A state without
 * items says whose the reasoning is: only this provider reads it again.
 */
export function stateOf(
  message: WireMessage,
  { provider, model }: Pick<Plan, "provider" | "model">,
  reasons: boolean,
): ProviderState | undefined {
  const items: StateItem[] = [...(message.reasoning_details ?? [])];
  if (message.extra_content) {
    items.push({ type: "extra_content", extra_content: message.extra_content });
  }
  for (const [call, { extra_content }] of (message.tool_calls ?? []).entries()) {
    if (extra_content) items.push({ type: "extra_content", call, extra_content });
  }
  if (!items.length && !reasons) return undefined;
  return { provider, model, endpoint: chatEndpoint, items };
}

/** This host's own state on a message of the history. */
export function ownState(message: AssistantMessage, provider: string): ProviderState | undefined {
  return message.provider_state?.find(
    (state) => state.provider === provider && state.endpoint === chatEndpoint,
  );
}
