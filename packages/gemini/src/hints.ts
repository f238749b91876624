/** Parameters that stand at the top of Google's body, and those that it has no word for. */
import { type Changes, type CompletionRequest, reportStreamOptions } from "@polycall/core";
import type { Service } from "./service.ts";

const tiers: Readonly<Record<string, string>> = {
  default: "standard",
  flex: "flex",
  priority: "priority",
};

/** Hints without a counterpart, and why they may be left out. */
const unheard: readonly (readonly [param: keyof CompletionRequest, reason: string])[] = [
  ["logit_bias", "token ids belong to one tokenizer, and Gemini takes none"],
  ["metadata", "Gemini stores no metadata with a request"],
  ["moderation", "Gemini has safety settings instead: extra_body.safetySettings"],
  ["prediction", "Gemini takes no predicted output"],
  ["prompt_cache_key", "Gemini caches on its own, or by extra_body.cachedContent"],
  ["prompt_cache_options", "Gemini caches on its own, or by extra_body.cachedContent"],
  ["prompt_cache_retention", "Gemini caches on its own, or by extra_body.cachedContent"],
  ["safety_identifier", "Gemini takes no end-user id"],
  ["user", "Gemini takes no end-user id"],
  ["verbosity", "Gemini has no verbosity; say it in the prompt"],
];

/** Cache marks, wherever they stand: Google takes none. */
function reportMarks(
  { messages, tools }: CompletionRequest,
  drop: (param: string, from: unknown, reason: string) => void,
): void {
  const report = (marked: object, place: string) => {
    const mark = (marked as { cache_control?: unknown }).cache_control;
    if (!mark) return;
    const reason = "Gemini caches on its own, or by extra_body.cachedContent";
    drop(`${place}.cache_control`, mark, reason);
  };
  for (const [index, message] of messages.entries()) {
    report(message, `messages[${index}]`);
    if (!Array.isArray(message.content)) continue;
    for (const [at, part] of message.content.entries()) {
      report(part, `messages[${index}].content[${at}]`);
    }
  }
  for (const [index, tool] of (tools ?? []).entries()) report(tool, `tools[${index}]`);
}

/** The top-level fields of the body beside contents, tools and config. */
export function hintsOf(
  request: CompletionRequest,
  { vertex }: Service,
  changes: Changes,
): { [key: string]: unknown } {
  const drop = (param: string, from: unknown, reason: string) =>
    changes.hint({ param, action: "dropped", from, reason });
  reportMarks(request, drop);
  for (const [param, reason] of unheard) {
    const from = request[param];
    if (from !== undefined && from !== null) drop(param, from, reason);
  }
  if (request.parallel_tool_calls === false) {
    drop("parallel_tool_calls", false, "Gemini cannot be kept from calling several tools at once");
  }
  reportStreamOptions(request, { rule: "gemini/stream-options", takes: false }, changes);
  if (Object.keys(request.web_search_options ?? {}).length) {
    const reason = "Google Search takes neither a size nor a place";
    drop("web_search_options", request.web_search_options, reason);
  }
  const { service_tier, store } = request;
  const body: { [key: string]: unknown } = {};
  if (service_tier && service_tier !== "auto") {
    if (tiers[service_tier]) body.serviceTier = tiers[service_tier];
    else drop("service_tier", service_tier, "Gemini has the tiers default, flex and priority");
  }
  if (store !== undefined && store !== null) {
    if (vertex) drop("store", store, "Vertex AI does not take it");
    else body.store = store;
  }
  return body;
}
