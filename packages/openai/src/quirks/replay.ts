/** How the reasoning of earlier turns goes back to the host that made it. Default: it does not. */
import { type AssistantMessage, isForeign } from "@polycall/core";
import { isExtraContent, ownState } from "../chat/state.ts";
import type { Body, Quirk } from "./quirk.ts";

export interface ReplayOptions {
  /** The field that the host reads. */
  field: "reasoning_content" | "reasoning";
  /**
   * A turn with tool calls is refused without it (DeepSeek V4, Kimi): what stands in where this host
   * wrote none. Kimi K2.5 and later take an empty text for none (public issues, 2026-04).
   */
  standIn?: "" | " ";
  /** Beginnings of the models that read it; default: all. */
  prefixes?: readonly string[];
}

/** Reasoning as a field of the message. */
export function replayField({ field, standIn, prefixes = [""] }: ReplayOptions): Quirk {
  return {
    name: "replayField",
    assistant(wire, message, { provider, model }) {
      if (!prefixes.some((prefix) => model.startsWith(prefix))) return;
      const reasoning = ownReasoning(message, provider);
      if (reasoning) wire[field] = reasoning;
      else if (standIn !== undefined && message.tool_calls?.length) wire[field] = standIn;
    },
  };
}

function ownReasoning(message: AssistantMessage, provider: string): string | undefined {
  if (isForeign(message, provider)) return undefined;
  return message.reasoning_content || undefined;
}

/** Mistral: a `thinking` part before the text. */
export const replayThinkingPart: Quirk = {
  name: "replayThinkingPart",
  assistant(wire, message, { provider }) {
    const reasoning = ownReasoning(message, provider);
    if (!reasoning) return;
    const thinking = { type: "thinking", thinking: [{ type: "text", text: reasoning }] };
    wire.content = [thinking, ...asParts(wire.content)];
  },
};

function asParts(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  return content ? [{ type: "text", text: content }] : [];
}

/** As the model wrote it: <think> tags before the text (Groq's qwen, GLM at Cerebras, R1 at Hugging Face). */
export function replayThinkTags(prefixes: readonly string[] = [""]): Quirk {
  return {
    name: "replayThinkTags",
    assistant(wire, message, { provider, model }) {
      const reasoning = ownReasoning(message, provider);
      if (!reasoning || !prefixes.some((prefix) => model.startsWith(prefix))) return;
      const tagged = `<think>\n${reasoning}\n</think>\n`;
      const { content } = wire;
      wire.content = Array.isArray(content)
        ? [{ type: "text", text: tagged }, ...content]
        : tagged + (content ?? "");
    },
  };
}

/** OpenRouter and Snowflake: `reasoning_details`, unmodified. Another model's are left out. */
export const replayDetails: Quirk = {
  name: "replayDetails",
  assistant(wire, message, { provider, model, changes }) {
    const state = ownState(message, provider);
    if (!state) return;
    const details = state.items.filter((item) => !isExtraContent(item));
    if (!details.length) return;
    if (withoutVariant(state.model) === withoutVariant(model)) {
      wire.reasoning_details = details;
      return;
    }
    changes.note({
      param: "messages",
      action: "repaired",
      from: state.model,
      reason: `the reasoning of ${state.model} means nothing to ${model} and is left out`,
    });
  },
};

/** `vendor/model:free` is `vendor/model`. */
function withoutVariant(model: string): string {
  return model.replace(/:[a-z]+$/, "");
}

/** Google's OpenAI endpoint: thought signatures on the message and on its calls. */
export const replayExtraContent: Quirk = {
  name: "replayExtraContent",
  assistant(wire, message, { provider }) {
    const items = ownState(message, provider)?.items.filter(isExtraContent) ?? [];
    for (const { call, extra_content } of items) {
      if (call === undefined) wire.extra_content = extra_content;
      else {
        const calls = [...((wire.tool_calls ?? []) as Body[])];
        if (calls[call]) calls[call] = { ...calls[call], extra_content };
        wire.tool_calls = calls;
      }
    }
  },
};
