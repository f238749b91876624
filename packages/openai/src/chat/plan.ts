/** A request as a Chat Completions body. Pure: the caller's request is never changed. */
import {
  Changes,
  type CompletionRequest,
  dropParams,
  effortOfThinking,
  legacyTools,
  type Plan,
  type PlanContext,
  reportStreamOptions,
  toolNames,
  type WireTool,
} from "@polycall/core";
import type { EndpointChoice } from "../endpoint.ts";
import { enveloped, passParams } from "../envelope.ts";
import { saidTwice } from "../quirks/effort.ts";
import type { Body, Draft } from "../quirks/quirk.ts";
import { type HostRow, lacking } from "./host-row.ts";
import { unmarkedTools } from "./marks.ts";
import { repaired, wireMessages } from "./messages.ts";
import { checkNoChoice, toolNamePattern, wireFormat, wireTools } from "./tools.ts";
import { refuseUnreadParts } from "./unread-parts.ts";

/**
 * @param row the host
 * @param choice the endpoint that was chosen, and the model without it
 * @throws UnsupportedParamsError for a meaning that the host cannot be given
 */
export function planChat(
  request: CompletionRequest,
  context: PlanContext,
  row: HostRow,
  choice: EndpointChoice,
): Plan {
  const { connection } = context;
  const { model } = choice;
  const changes = new Changes(context);
  const draft: Draft = {
    request,
    provider: connection.provider,
    model,
    baseModel: connection.settings.baseModel ?? model,
    onChat: true,
    known: context.facts,
    changes,
  };
  refuseUnreadParts(request.messages, row, changes);
  const body: Body = { model };
  const legacy = legacyTools(request, changes);
  const options = { valid: toolNamePattern };
  const named = toolNames(legacy.tools, repaired(draft, row), legacy.tool_choice, changes, options);
  body.messages = wireMessages(named.messages, draft, row);
  passParams(body, request);
  const tools = unmarkedTools(named.tools, draft, row);
  placeTools(body, request, tools, named.tool_choice, changes);
  if (request.response_format) {
    body.response_format = wireFormat(request.response_format, changes);
  }
  if (!row.extras?.includes("thinking")) placeThinking(body, request, changes);
  else if (request.thinking) body.thinking = request.thinking;
  dropLacking(body, row, draft);
  if (request.stream) placeStream(body, request, row);
  reportStreamOptions(
    request,
    { rule: "openai/stream-options", takes: !row.noStreamOptions },
    changes,
  );
  for (const quirk of row.quirks ?? []) quirk.body?.(body, draft);
  return enveloped({ request, context, row, choice, body, changes, names: named.names });
}

/** `tools: []` is a 400. */
function placeTools(
  body: Body,
  request: CompletionRequest,
  tools: readonly WireTool[] | undefined,
  choice: CompletionRequest["tool_choice"],
  changes: Changes,
): void {
  if (!tools?.length) {
    checkNoChoice(choice, changes);
    return;
  }
  body.tools = wireTools(tools, changes);
  if (choice != null) body.tool_choice = choice;
  if (request.parallel_tool_calls != null) body.parallel_tool_calls = request.parallel_tool_calls;
}

/** Anthropic's `thinking` as an effort, for APIs that do not take it. */
export function placeThinking(body: Body, request: CompletionRequest, changes: Changes): void {
  const { thinking } = request;
  if (!thinking) return;
  if (request.reasoning_effort) {
    saidTwice(thinking, changes);
    return;
  }
  const effort = effortOfThinking(thinking);
  if (effort && body.reasoning_effort === undefined) body.reasoning_effort = effort;
  changes.hint({
    param: "thinking",
    action: effort ? "converted" : "dropped",
    from: thinking,
    to: effort && `reasoning_effort ${String(body.reasoning_effort)}`,
    reason: "thinking is Anthropic's; here the effort says how much to reason",
  });
}

export function dropLacking(body: Body, row: HostRow, { known, changes }: Draft): void {
  const extra = row.extras?.includes("top_k") ? [] : ["top_k"];
  const lacks = lacking([...(row.lacks ?? []), ...extra], known);
  dropParams(body, lacks, row.label, changes);
}

/** Usage is always asked for: the last chunk brings it. */
function placeStream(body: Body, request: CompletionRequest, row: HostRow): void {
  body.stream = true;
  if (!row.noStreamOptions) {
    body.stream_options = { ...request.stream_options, include_usage: true };
  }
}
