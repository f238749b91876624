/** The context window a request needs: Ollama cuts a longer prompt from its front without a word. */
import type { OllamaMessage } from "./wire.ts";

/** What a server without much memory gives a model (docs.ollama.com/context-length, 2026). */
export const defaultWindow = 4096;

/** Room for the reply where the caller sets no limit. */
const replyRoom = 2048;
const tokensPerImage = 1024;
const tokensPerMessage = 8;

/**
 * Tokens that a prompt may take, rather too many: three ASCII characters, or one other, a token.
 * @param extra what is sent beside the messages: tools, a schema
 */
export function estimateTokens(messages: readonly OllamaMessage[], extra: readonly unknown[]) {
  let tokens = 0;
  for (const { content, thinking, tool_calls, images } of messages) {
    tokens += tokensPerMessage + textTokens(content) + textTokens(thinking ?? "");
    tokens += textTokens(tool_calls ? JSON.stringify(tool_calls) : "");
    tokens += (images?.length ?? 0) * tokensPerImage;
  }
  for (const value of extra) {
    if (value !== undefined) tokens += textTokens(JSON.stringify(value));
  }
  return Math.ceil(tokens);
}

function textTokens(text: string): number {
  let other = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) other++;
  return (text.length - other) / 3 + other;
}

/**
 * The window to ask for, a power of two so that a growing conversation reloads the model seldom.
 * @returns undefined when every server's own window is enough
 */
export function neededWindow(promptTokens: number, maxTokens: number | undefined) {
  const needed = promptTokens + (maxTokens !== undefined && maxTokens >= 0 ? maxTokens : replyRoom);
  if (needed <= defaultWindow) return undefined;
  return 2 ** Math.ceil(Math.log2(needed));
}
