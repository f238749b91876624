/** A Responses host's token counts as ours: Chat Completions' counts under other names. Pure. */
import type { Usage } from "@polycall/core";
import { usageOf as chatUsageOf } from "../chat/usage.ts";
import type { WireResponsesUsage } from "./wire.ts";

export function usageOf(raw: WireResponsesUsage): Usage {
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details, ...rest } = raw;
  return chatUsageOf({
    ...rest,
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    prompt_tokens_details: input_tokens_details,
    completion_tokens_details: output_tokens_details,
  });
}
