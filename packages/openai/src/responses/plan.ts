/** A request as a Responses body. Pure: the caller's request is never changed. */
import {
  Changes,
  type CompletionRequest,
  legacyTools,
  type Plan,
  type PlanContext,
  toolNames,
} from "@polycall/core";
import type { HostRow } from "../chat/host-row.ts";
import { dropLacking, placeThinking } from "../chat/plan.ts";
import { checkNoChoice, toolNamePattern } from "../chat/tools.ts";
import type { EndpointChoice } from "../endpoint.ts";
import { enveloped, passParams } from "../envelope.ts";
import { hostedFactsOf } from "../models.ts";
import { developerIsSystem } from "../quirks/names.ts";
import { openaiModels } from "../quirks/openai-models.ts";
import type { Body, Draft } from "../quirks/quirk.ts";
import { inputItems, repaired } from "./messages.ts";
import { include, nest, streamOptions, translateParams } from "./params.ts";
import { wireChoice, wireFormat, wireTools } from "./tools.ts";

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
  const draft: Draft = { request, provider: connection.provider, model, baseModel, changes };
  const given = { ...(request as unknown as Body), ...request.extra_body };
  const isContinued = !!given.previous_response_id || !!given.conversation;
  const legacy = legacyTools(request, changes);
  const named = toolNames(legacy.tools, repaired(draft, isContinued), legacy.tool_choice, changes, {
    valid: toolNamePattern,
  });
  const isSystem = !!row.quirks?.includes(developerIsSystem);
  const input = inputItems(named.messages, draft, { developerIsSystem: isSystem });
  const body: Body = { model, input };
  passParams(body, request);
  placeThinking(body, request, changes);
  dropLacking(body, row, changes);
  if (row.quirks?.includes(openaiModels)) openaiModels.body!(body, draft);
  translateParams(body, changes);
  if (named.tools?.length) body.tools = wireTools(named.tools, changes);
  // A stored prompt may bring tools of its own.
  if (!named.tools?.length && !given.prompt) checkNoChoice(named.tool_choice, changes);
  else {
    if (named.tool_choice != null) body.tool_choice = wireChoice(named.tool_choice);
    if (request.parallel_tool_calls != null) {
      body.parallel_tool_calls = request.parallel_tool_calls;
    }
  }
  if (request.response_format) {
    nest(body, "text", "format", wireFormat(request.response_format, changes));
  }
  placeStorage(body, given, baseModel);
  if (request.stream) {
    body.stream = true;
    const options = streamOptions(request);
    if (options) body.stream_options = options;
  }
  return enveloped({ request, context, row, choice, body, changes, names: named.names });
}

/**
 * Chat Completions stores nothing unless asked, Responses all; here nothing is stored unless asked,
 * and reasoning travels in the history, encrypted.
 */
function placeStorage(body: Body, given: Body, model: string): void {
  if (!serverState.some((key) => given[key])) body.store ??= false;
  if (hostedFactsOf(model).reasoning) include(body, "reasoning.encrypted_content");
}
