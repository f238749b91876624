/** Whether a conversation goes along: the state that a model wants back, and what is sent of it. */
import type { AssistantMessage, Message } from "@polycall/core";

/** Reasoning of one model that stands in the history. */
export interface HistoryState {
  /** The model that made it. */
  model: string;
  /** The messages that hold it: their indices in the request. */
  messages: number[];
  /** Whether the other model is given it; else it stays in the messages, for the way back. */
  travels: boolean;
}

/** Shorter texts ("reasoning", an id) may stand in a body by chance. */
const telling = 24;

/**
 * The reasoning state in a history, by who made it.
 * @param body the request as it would be sent
 */
export function historyState(
  messages: readonly Message[],
  body: Readonly<Record<string, unknown>>,
): HistoryState[] {
  const sent = JSON.stringify(body);
  const byModel = new Map<string, HistoryState>();
  for (const [index, message] of messages.entries()) {
    if (message.role !== "assistant") continue;
    for (const { provider, model, opaque } of statesOf(message)) {
      const name = `${provider}/${model}`;
      const known = byModel.get(name) ?? { model: name, messages: [], travels: true };
      known.messages.push(index);
      known.travels &&= opaque.every((text) => sent.includes(JSON.stringify(text)));
      byModel.set(name, known);
    }
  }
  return [...byModel.values()];
}

interface State {
  provider: string;
  model: string;
  /** What would stand in the body if it were sent. */
  opaque: string[];
}

function statesOf({
  provider_state,
  thinking_blocks,
  reasoning_content,
}: AssistantMessage): State[] {
  const plain = reasoning_content ? textsOf(reasoning_content) : [];
  const states = (provider_state ?? []).map(({ provider, model, items }) => ({
    provider,
    model,
    opaque: items.length ? textsOf(items) : plain,
  }));
  if (states.length || !thinking_blocks?.length) return states;
  return [{ provider: "anthropic", model: "Claude", opaque: textsOf(thinking_blocks) }];
}

/** Every text of some length in it. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length < telling ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
