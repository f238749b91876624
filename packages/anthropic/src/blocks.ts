/** The pieces of Anthropic's messages as this adapter handles them: objects with a `type`. */

/** A content block, known or not: unknown blocks and keys travel through unchanged. */
export interface Block {
  type: string;
  [key: string]: unknown;
}

export interface Turn {
  role: "user" | "assistant" | "system";
  content: Block[];
  [key: string]: unknown;
}

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isBlock(value: unknown): value is Block {
  return isObject(value) && typeof value.type === "string";
}

export function isThinkingBlock({ type }: Block): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** The whole text of a list of blocks. */
export function textOf(blocks: readonly Block[]): string {
  let text = "";
  for (const block of blocks) {
    if (block.type === "text" && typeof block.text === "string") text += block.text;
  }
  return text;
}

/** A tool call's input as OpenAI's argument text; a text that never became JSON stays as it is. */
export function argumentsOf(block: Block): string {
  return typeof block.input === "string" ? block.input : JSON.stringify(block.input ?? {});
}

/** The text of a turn that would have none: the API refuses it. */
export const filler = "(no text)";
