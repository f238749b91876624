/** A plan context and requests for the tests. */
import type { CompletionRequest, Message, Plan, PlanContext } from "@polycall/core";
import { ollama } from "../src/index.ts";

export function context(
  model = "llama3.2",
  onUnsupported: PlanContext["onUnsupported"] = "warn",
): PlanContext {
  const connection = { provider: "ollama", baseURL: "http://o", headers: {}, settings: {} };
  return { connection, model, onUnsupported };
}

export const hi: Message[] = [{ role: "user", content: "Hi" }];

/** The plan of a request that says only what matters to a test. */
export function planOf(request: object, model?: string): Plan {
  const whole = { model: `ollama/${model ?? "llama3.2"}`, messages: hi, ...request };
  return ollama.plan(whole as CompletionRequest, context(model));
}

/** `param action` of each change. */
export function changed({ changes }: Plan): string[] {
  return changes.map(({ param, action }) => `${param} ${action}`);
}
