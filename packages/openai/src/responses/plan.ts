/** A request as a Responses body. Pure: the caller's request is never changed. */
import {
  Changes,
  type CompletionRequest,
  legacyTools,
  type Plan,
  type PlanContext,
  reportStreamOptions,
  type ToolChoice,
  toolNames,
  type WireTool,
} from "@polycall/core";
import type { HostRow } from "../chat/host-row.ts";
import { unmarkedTools } from "../chat/marks.ts";
import { dropLacking, placeThinking } from "../chat/plan.ts";
import { checkNoChoice, toolNamePattern } from "../chat/tools.ts";
import type { EndpointChoice } from "../endpoint.ts";
import { enveloped, passParams } from "../envelope.ts";
import { hostedFactsOf } from "../models.ts";
import { developerIsSystem } from "../quirks/names.ts";
import type { Body, Draft } from "../quirks/quirk.ts";
import { inputItems, repaired } from "./messages.ts";
import { include, nest, streamOptions, translateParams } from "./params.ts";
import { searchTool, wireChoice, wireFormat, wireTools } from "./tools.ts";

/** The host keeps the conversation when one of these is used. */
const serverState = ["previous_response_id", "conversation", "background"] as const;

/**
 * @param row the host
 * @param choice the endpoint that was chosen, and the model without it
 * @throws UnsupportedParamsError for a meaning that the API cannot be given
 */
export function planResponses(
  request: CompletionRequest,
  context: PlanContext,
  row: HostRow,
  choice: EndpointChoice,
): Plan {
  const { connection } = context;
  const { model } = choice;
  const changes = new Changes(context);
  const baseModel = connection.settings.baseModel ?? model;
  const known = context.facts;
  const draft: Draft = { request, provider: connection.provider, model, baseModel, known, changes };
  const given = { ...(request as unknown as Body), ...request.extra_body };
  const isContinued = !!given.previous_response_id || !!given.conversation;
  const legacy = legacyTools(request, changes);
  const named = toolNames(
    legacy.tools,
    repaired(draft, row, isContinued),
    legacy.tool_choice,
    changes,
    {
      valid: toolNamePattern,
    },
  );
  const isSystem = !!row.quirks?.includes(developerIsSystem);
  const input = inputItems(named.messages, draft, row, { developerIsSystem: isSystem });
  const body: Body = { model, input };
  passParams(body, request);
  placeThinking(body, request, changes);
  dropLacking(body, row, draft);
  for (const quirk of row.quirks ?? []) if (quirk.onBoth) quirk.body?.(body, draft);
  translateParams(body, changes);
  const tools = unmarkedTools(named.tools, draft, row);
  placeTools(body, request, { ...named, tools }, !!given.prompt, changes);
  if (request.response_format) {
    nest(body, "text", "format", wireFormat(request.response_format, changes));
  }
  placeStorage(body, given, !!hostedFactsOf(baseModel, known).reasoning);
  if (request.stream) {
    body.stream = true;
    const options = streamOptions(request);
    if (options) body.stream_options = options;
  }
  reportStreamOptions(request, { rule: "openai/stream-options", takes: true }, changes);
  return enveloped({ request, context, row, choice, body, changes, names: named.names });
}

/** @param hasPrompt a stored prompt, which may bring tools of its own */
function placeTools(
  body: Body,
  { parallel_tool_calls }: CompletionRequest,
  { tools, tool_choice }: { tools?: readonly WireTool[]; tool_choice?: ToolChoice },
  hasPrompt: boolean,
  changes: Changes,
): void {
  const listed = wireTools(tools ?? [], changes);
  const search = searchTool(body.web_search_options, listed, changes);
  delete body.web_search_options;
  if (listed.length || search.length) body.tools = [...listed, ...search];
  else if (!hasPrompt) {
    checkNoChoice(tool_choice, changes);
    return;
  }
  if (tool_choice != null) body.tool_choice = wireChoice(tool_choice);
  if (parallel_tool_calls != null) body.parallel_tool_calls = parallel_tool_calls;
}

/**
 * Chat Completions stores nothing unless asked, Responses all; here nothing is stored unless asked,
 * and reasoning travels in the history, encrypted.
 */
function placeStorage(body: Body, given: Body, reasons: boolean): void {
  if (!serverState.some((key) => given[key])) body.store ??= false;
  if (reasons) include(body, "reasoning.encrypted_content");
}
