/** Core's history passes as quirks. */
import { editEach, emptyContent, type Message, textOnlyContent, toolCallIds } from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** Mistral: 9 letters or digits. */
export const toolCallIds9: Quirk = {
  name: "toolCallIds9",
  messages: (messages, { changes }) =>
    toolCallIds(messages, changes, { valid: /^[a-zA-Z0-9]{9}$/, make: nineCharacters }),
};

/** FNV-1a over the id and the try, in base 36: the same id gives the same nine characters. */
function nineCharacters(id: string, index: number): string {
  const half = (seed: number) => {
    let hash = seed;
    for (const char of `${index} ${id}`) {
      hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
    }
    return hash.toString(36).padStart(7, "0");
  };
  return (half(0x811c9dc5) + half(0x9dc5811c)).slice(-9);
}

/** OpenAI: 40 characters, a 400 beyond (vLLM makes 46). */
export const toolCallIds40: Quirk = {
  name: "toolCallIds40",
  messages: (messages, { changes }) => toolCallIds(messages, changes, { valid: /^[\s\S]{1,40}$/ }),
};

/**
 * Hosts that take parts in user messages only: what a system message, the assistant or a tool says is
 * a string (the types of together-ai 0.52; DeepSeek's API reference, 2026-11).
 */
export const textIsString: Quirk = {
  name: "textIsString",
  messages: (messages, { changes }) =>
    editEach(messages, (message) =>
      isPlain(message) ? textOnlyContent([message], changes)[0]! : message,
    ),
};

const plainKeys: ReadonlySet<string> = new Set(["type", "text", "refusal", "cache_control"]);

/** A key that nobody here knows would be lost in a string. */
function isPlain({ role, content }: Message): boolean {
  if (role === "user" || !Array.isArray(content)) return false;
  return content.every((part) => Object.keys(part).every((key) => plainKeys.has(key)));
}

/** Hosts that refuse `content: null` beside tool calls. */
export const noNullContent: Quirk = {
  name: "noNullContent",
  messages: (messages, { changes }) => emptyContent(messages, changes, { nullAsEmpty: true }),
};
