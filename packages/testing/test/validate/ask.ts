/** How the validation tests ask, and what they ask with. */
import type { Simulator } from "../../src/index.ts";

export type Post = (
  provider: string,
  path: string,
  body: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: the reply of any provider
) => Promise<{ status: number; body: any }>;

/** Posts a body (text as it is) to a path below a provider's base URL. */
export function poster(sim: Simulator): Post {
  return async (provider, path, body) => {
    const response = await fetch(`${sim.providers[provider]!.baseURL}${path}`, {
      method: "POST",
      headers: { authorization: "Bearer any", "anthropic-version": "2023-06-01" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
}

export const user = { role: "user", content: "Hello" };
export const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
export const calling = { role: "assistant", content: null, tool_calls: [call] };
export const result = { role: "tool", tool_call_id: "call_1", content: "1" };
export const chat = { model: "gpt-4o", messages: [user] };
export const declared = (parameters: object, more = {}) => [
  { type: "function", function: { name: "f", parameters, ...more } },
];
