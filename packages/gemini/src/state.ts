/** The parts that a model must get back unchanged, as long as the message still says the same. */
import { type AssistantMessage, callName, sameArguments } from "@polycall/core";
import { readParts } from "./parts.ts";
import type { WirePart } from "./wire.ts";

/** What stands in for a signature that Google never gave (foreign or edited history). */
export const noSignature = "skip_thought_signature_validator";

/** The parts kept with a message by this provider and endpoint; undefined where there are none. */
export function keptParts(
  message: AssistantMessage,
  provider: string,
  endpoint: string,
): readonly WirePart[] | undefined {
  const state = message.provider_state?.find(
    (entry) => entry.provider === provider && entry.endpoint === endpoint,
  );
  const items = state?.items.filter((item) => typeof item === "object" && item !== null) ?? [];
  return items.length ? (items as WirePart[]) : undefined;
}

/** Whether the parts still say what the message says: same text, same calls, same arguments. */
export function stillFits(parts: readonly WirePart[], message: AssistantMessage): boolean {
  const { text, calls } = readParts(parts, { idPrefix: "" });
  const theirs = message.tool_calls ?? [];
  if (text !== textOf(message) || calls.length !== theirs.length) return false;
  const own = parts.flatMap(({ functionCall }) => (functionCall ? [functionCall] : []));
  return theirs.every((call, index) => {
    const { id, name, args } = own[index]!;
    if ((id && id !== call.id) || name !== callName(call) || call.type === "custom") return false;
    return sameArguments(call.function.arguments, args ?? {});
  });
}

function textOf({ content }: AssistantMessage): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => (part.type === "text" ? part.text : part.refusal)).join("");
}
