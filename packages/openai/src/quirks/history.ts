/** Core's history passes as quirks. */
import { emptyContent, toolCallIds } from "@polycall/core";
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

/** Hosts that refuse `content: null` beside tool calls. */
export const noNullContent: Quirk = {
  name: "noNullContent",
  messages: (messages, { changes }) => emptyContent(messages, changes, { nullAsEmpty: true }),
};
