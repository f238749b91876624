/** What came back from this provider and goes to it again: unchanged, unless the caller edited the message. */
import {
  type AssistantMessage,
  type Changes,
  callName,
  type Plan,
  sameArguments,
} from "@polycall/core";
import { argumentsOf, type Block, isBlock, isThinkingBlock, textOf } from "./blocks.ts";
import { baseName } from "./models.ts";
import { inputOf } from "./tools.ts";

/** Whose state is wanted: `Plan` without what is not known yet. */
export type Origin = Pick<Plan, "provider" | "model" | "endpoint">;

/** The blocks that this provider made for the message, whether they still fit it or not. */
export function ownState(message: AssistantMessage, origin: Origin) {
  return message.provider_state?.find(
    ({ provider, endpoint, items }) =>
      provider === origin.provider && endpoint === origin.endpoint && Array.isArray(items),
  );
}

/**
 * The blocks to send in place of rebuilt ones; undefined where there are none or the message was
 * edited since. Thinking is tied to the model that made it: another model's is left out.
 */
export function replayed(
  message: AssistantMessage,
  origin: Origin,
  place: string,
  changes: Changes,
): Block[] | undefined {
  const state = ownState(message, origin);
  if (!state?.items.length) return undefined;
  const items = state.items.filter(isBlock);
  if (!agrees(message, items)) {
    const reason =
      "the message was edited after the model wrote it, so its signed parts no longer fit";
    changes.note({ param: `${place}.provider_state`, action: "repaired", reason });
    return undefined;
  }
  const said = items.filter(isTaken);
  const blocks = said.map((block) =>
    block.type === "tool_use" && typeof block.input === "string"
      ? { ...block, input: inputOf(block) }
      : block,
  );
  if (baseName(state.model) === baseName(origin.model)) return blocks;
  const others = blocks.filter((block) => !isThinkingBlock(block));
  if (others.length < blocks.length) {
    changes.note({
      param: `${place}.provider_state`,
      action: "repaired",
      from: state.model,
      to: origin.model,
      reason: "thinking is signed for the model that wrote it and is left out for another",
    });
  }
  return others;
}

/**
 * The model itself writes blank text between thinking and calls, and no signature under thinking that
 * the limit on tokens cut off; the API refuses both back.
 */
function isTaken(block: Block): boolean {
  if (block.type === "text") return !!textOf([block]).trim();
  return block.type !== "thinking" || !!block.signature;
}

function agrees(message: AssistantMessage, items: readonly Block[]): boolean {
  const content = Array.isArray(message.content)
    ? textOf(message.content as unknown as Block[])
    : (message.content ?? "");
  if (content !== textOf(items)) return false;
  const calls = message.tool_calls ?? [];
  const blocks = items.filter(({ type }) => type === "tool_use");
  return (
    calls.length === blocks.length &&
    calls.every((call, index) => {
      const block = blocks[index]!;
      return (
        call.type === "function" &&
        call.id === block.id &&
        callName(call) === block.name &&
        (call.function.arguments === argumentsOf(block) ||
          sameArguments(call.function.arguments, block.input ?? {}))
      );
    })
  );
}

/**
 * Thinking as LiteLLM writes it, for a message without state. A block without signature is refused
 * by the API and left out. Nothing for a message that has state: it was edited, or another provider
 * signed it.
 */
export function foreignThinking(
  message: AssistantMessage,
  place: string,
  changes: Changes,
): Block[] {
  if (!message.thinking_blocks?.length || message.provider_state?.length) return [];
  const signed = message.thinking_blocks.filter(
    (block) => block.type === "redacted_thinking" || !!block.signature,
  );
  if (signed.length < message.thinking_blocks.length) {
    const reason = "thinking without a signature is refused by this API";
    changes.note({ param: `${place}.thinking_blocks`, action: "dropped", reason });
  }
  return signed.map((block) => ({ ...block }));
}
