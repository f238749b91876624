/** Builders for the history tests. */
import { Changes, type Message } from "../../src/index.ts";

export function changes(onUnsupported: "warn" | "error" | "drop" = "warn"): Changes {
  const connection = { provider: "test", baseURL: "http://test", headers: {}, settings: {} };
  return new Changes({ connection, model: "m", onUnsupported });
}

/** An assistant turn that calls `f` once for each id. */
export function calls(...ids: string[]): Message {
  return {
    role: "assistant",
    content: null,
    tool_calls: ids.map((id) => ({
      id,
      type: "function" as const,
      function: { name: "f", arguments: "{}" },
    })),
  };
}

export function result(tool_call_id: string, content = `result of ${tool_call_id}`): Message {
  return { role: "tool", tool_call_id, content };
}

export function user(content: string): Message {
  return { role: "user", content };
}

export function assistant(content: string): Message {
  return { role: "assistant", content };
}

/** Freezes a value all the way down, so that a pass that mutates its input throws. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
