/** Prompts that are long enough to be cached, and what of a body is a mark. */
import type { AssistantMessage, FunctionTool, SystemMessage, UserMessage } from "@polycall/core";

/** About 2,400 of the simulator's tokens, and of anybody's. */
export const manual = Array.from(
  { length: 300 },
  (_, at) => `Rule ${at}: a ticket to city ${at} costs ${100 + at} dollars.`,
).join("\n");

export const system: SystemMessage = { role: "system", content: manual };
export const user = (content: string): UserMessage => ({ role: "user", content });
export const said = (content: string): AssistantMessage => ({ role: "assistant", content });

export const tool = (name: string, description = "Looks it up."): FunctionTool => ({
  type: "function",
  function: { name, description, parameters: { type: "object", properties: {} } },
});

export const mark = { type: "ephemeral" } as const;
export const hour = { type: "ephemeral", ttl: "1h" } as const;

/** A body as a cache sees it: without marks; a lone text part of a chat message is its text. */
export function bare<T>(body: T): T {
  const isMark = (key: string) => key === "cache_control" || key === "prompt_cache_breakpoint";
  const seen = (key: string, value: unknown) => {
    if (isMark(key)) return undefined;
    const [part, ...others] = key === "content" && Array.isArray(value) ? value : [];
    return part?.type === "text" && !others.length ? part.text : value;
  };
  return JSON.parse(JSON.stringify(body, seen)) as T;
}
