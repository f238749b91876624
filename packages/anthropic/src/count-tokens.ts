/** The endpoint that counts a prompt's tokens: the Messages API's own request, without what makes a reply. Pure. */
import type { CountEndpoint } from "@polycall/core";
import { isObject } from "./blocks.ts";
import { plan } from "./plan.ts";

/** Source: MessageCountTokensParams in @anthropic-ai/sdk 1.12. */
const counted = new Set([
  "cache_control",
  "mcp_servers",
  "messages",
  "model",
  "output_config",
  "output_format",
  "speed",
  "system",
  "thinking",
  "tool_choice",
  "tools",
]);

export const countEndpoint: CountEndpoint = {
  plan(request, context) {
    const whole = plan(request, context);
    const body = Object.fromEntries(Object.entries(whole.body).filter(([key]) => counted.has(key)));
    return { ...whole, endpoint: "count_tokens", path: `${whole.path}/count_tokens`, body };
  },
  parse: (body) => (isObject(body) ? (body.input_tokens as number) : undefined),
};
