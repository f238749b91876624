/** OpenAI's endpoint that counts a prompt's tokens: what /responses would read. Pure. */
import type { CountEndpoint } from "@polycall/core";
import type { HostRow } from "./chat/host-row.ts";
import { isObject } from "./chat/wire.ts";
import { planResponses } from "./responses/plan.ts";

/** Source: InputTokenCountParams in openai 7.57. */
const counted = new Set([
  "conversation",
  "input",
  "instructions",
  "model",
  "parallel_tool_calls",
  "previous_response_id",
  "reasoning",
  "text",
  "tool_choice",
  "tools",
  "truncation",
]);

export function countEndpointOf(row: HostRow): CountEndpoint {
  return {
    plan(request, context) {
      const model = context.model.replace(/^(?:chat|responses)\//, "");
      const whole = planResponses(request, context, row, { endpoint: "responses", model });
      const body = Object.fromEntries(
        Object.entries(whole.body).filter(([key]) => counted.has(key)),
      );
      return { ...whole, endpoint: "input_tokens", path: `${whole.path}/input_tokens`, body };
    },
    parse: (body) => (isObject(body) ? (body.input_tokens as number) : undefined),
  };
}
