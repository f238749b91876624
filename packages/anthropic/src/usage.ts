/** Anthropic's token counts as ours. Pure. */
import type { Usage } from "@polycall/core";
import { isObject } from "./blocks.ts";

/** No place in particular. */
const anywhere = new Set(["", "global", "not_available"]);

type Counts = { [key: string]: unknown };

function count(counts: Counts, key: string): number {
  const value = counts[key];
  return typeof value === "number" ? value : 0;
}

/**
 * `input_tokens` leaves out what was read from or written to the cache, and the top level leaves
 * out the passes that are not the message itself (compaction, advisor): those stand in
 * `iterations[]` only.
 * @param raw `usage` of a whole reply, or of the stream folded so far
 */
export function usageOf(raw: unknown): Usage | undefined {
  if (!isObject(raw)) return undefined;
  const passes: Counts[] = [raw];
  if (Array.isArray(raw.iterations)) {
    for (const pass of raw.iterations)
      if (isObject(pass) && pass.type !== "message") passes.push(pass);
  }
  let uncached = 0;
  let cached = 0;
  let written = 0;
  let writtenForAnHour = 0;
  let output = 0;
  for (const pass of passes) {
    uncached += count(pass, "input_tokens");
    cached += count(pass, "cache_read_input_tokens");
    written += count(pass, "cache_creation_input_tokens");
    if (isObject(pass.cache_creation)) {
      writtenForAnHour += count(pass.cache_creation, "ephemeral_1h_input_tokens");
    }
    output += count(pass, "output_tokens");
  }
  const input = uncached + cached + written;
  const usage: Usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: written,
      ...(writtenForAnHour && { cache_write_1h_tokens: writtenForAnHour }),
    },
  };
  if (isObject(raw.server_tool_use)) {
    const web_search_requests = count(raw.server_tool_use, "web_search_requests");
    const web_fetch_requests = count(raw.server_tool_use, "web_fetch_requests");
    if (web_search_requests || web_fetch_requests) {
      usage.server_tool_use = {
        ...(web_search_requests && { web_search_requests }),
        ...(web_fetch_requests && { web_fetch_requests }),
      };
    }
  }
  const geo = raw.inference_geo;
  if (typeof geo === "string" && !anywhere.has(geo)) usage.inference_geo = geo;
  const details = raw.output_tokens_details;
  if (isObject(details) && typeof details.thinking_tokens === "number") {
    usage.completion_tokens_details = { reasoning_tokens: details.thinking_tokens };
  }
  return usage;
}
