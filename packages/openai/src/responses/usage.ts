/** A Responses host's token counts as ours: Chat Completions' counts under other names. Pure. */
import type { ServerToolUse, Usage } from "@polycall/core";
import { usageOf as chatUsageOf } from "../chat/usage.ts";
import type { WireItem, WireResponse, WireResponsesUsage } from "./wire.ts";

/** @returns undefined where the host counted no tokens */
export function usageOf(reply: WireResponse): Usage | undefined {
  if (!reply.usage) return undefined;
  const usage = tokensOf(reply.usage);
  const server_tool_use = usesOf(reply);
  return server_tool_use ? { ...usage, server_tool_use } : usage;
}

/** Uses of the host's own tools; what OpenAI says it bills before what can be counted in the output. */
function usesOf({ output, tool_usage }: WireResponse): ServerToolUse | undefined {
  const items = output ?? [];
  const calls = (type: string) => items.filter((item) => item.type === type).length;
  const uses: ServerToolUse = {
    web_search_requests: tool_usage?.web_search?.num_requests ?? items.filter(isSearch).length,
    file_search_requests: calls("file_search_call"),
    code_interpreter_requests: calls("code_interpreter_call"),
  };
  const used = Object.entries(uses).filter(([, count]) => count);
  return used.length ? Object.fromEntries(used) : undefined;
}

/** Opening a page that was found, or finding a text in it, is no search. */
function isSearch({ type, action }: WireItem): boolean {
  return type === "web_search_call" && (action?.type ?? "search") === "search";
}

function tokensOf(raw: WireResponsesUsage): Usage {
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details, ...rest } = raw;
  return chatUsageOf({
    ...rest,
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    prompt_tokens_details: input_tokens_details,
    completion_tokens_details: output_tokens_details,
  });
}
