/** Text, reasoning and images out of the shapes that hosts put them in. */
import type { ReasoningDetail, WireMessage, WirePart } from "./wire.ts";

/** The text of a string or of content parts. `undefined` where there is no content at all. */
export function textOf(content: WireMessage["content"]): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  let text = "";
  for (const part of content) {
    if ((part.type === "text" || part.type === "output_text") && typeof part.text === "string") {
      text += part.text;
    }
  }
  return text;
}

/** The reasoning text of a message or delta: a field of its own, parts of the content, or details. */
export function reasoningOf(message: WireMessage): string {
  for (const field of [message.reasoning_content, message.reasoning]) {
    if (typeof field === "string" && field) return field;
  }
  if (Array.isArray(message.content)) {
    const inParts = message.content.map(partReasoning).join("");
    if (inParts) return inParts;
  }
  return message.reasoning_details?.map(detailText).join("") ?? "";
}

/** Mistral: `{ type: "thinking", thinking: [{ type: "text", text }] }`; the array may be a string. */
function partReasoning(part: WirePart): string {
  if (part.type !== "thinking") return "";
  if (typeof part.thinking === "string") return part.thinking;
  return Array.isArray(part.thinking) ? (textOf(part.thinking) ?? "") : "";
}

function detailText({ text, summary }: ReasoningDetail): string {
  return text ?? summary ?? "";
}

/**
 * Adds the details of one chunk to those before it: pieces with the same index and type are one
 * detail, whose text grows; a signature or encrypted data comes once.
 */
export function foldDetails(folded: ReasoningDetail[], details: readonly ReasoningDetail[]): void {
  for (const detail of details) {
    const open = folded.findLast(
      (other) => other.index === detail.index && other.type === detail.type,
    );
    if (!open || (detail.index === undefined && detail.type !== "reasoning.text")) {
      folded.push({ ...detail });
      continue;
    }
    for (const key of ["text", "summary", "data"] as const) {
      if (typeof detail[key] === "string") open[key] = (open[key] ?? "") + detail[key];
    }
    for (const key of ["signature", "id", "format"] as const) {
      if (detail[key]) open[key] = detail[key];
    }
  }
}
