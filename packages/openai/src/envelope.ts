/** What the plans of both endpoints share: the parameters that pass, and all that stands around the body. */
import {
  type Changes,
  type CompletionRequest,
  mergeBody,
  type Plan,
  type PlanContext,
} from "@polycall/core";
import type { HostRow } from "./chat/host-row.ts";
import type { EndpointChoice } from "./endpoint.ts";
import type { Body } from "./quirks/quirk.ts";

/** What each plan places itself; everything else in the request goes into the body under its name. */
const placed: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "functions",
  "function_call",
  "response_format",
  "stream",
  "stream_options",
  "thinking",
  "extra_body",
]);

/** Puts into the body what needs no place of its own. */
export function passParams(body: Body, request: CompletionRequest): void {
  for (const [key, value] of Object.entries(request)) {
    if (!placed.has(key) && value !== undefined && value !== null) body[key] = value;
  }
}

export interface Enveloped {
  request: CompletionRequest;
  context: PlanContext;
  row: HostRow;
  choice: EndpointChoice;
  body: Body;
  changes: Changes;
  /** Names on the wire -> the caller's. */
  names: Plan["toolNames"];
}

/** Takes the cache key out of the body where this host has it in a header. */
function cacheKeyHeader(
  body: Body,
  endpoint: string,
  { cacheKeyHeader: header }: HostRow,
  changes: Changes,
): Record<string, string> {
  const key = body.prompt_cache_key;
  if (!header || endpoint !== "chat/completions" || typeof key !== "string") return {};
  delete body.prompt_cache_key;
  const reason = "here it is a header";
  changes.note({ param: "prompt_cache_key", action: "renamed", from: key, to: header, reason });
  return { [header]: key };
}

/** The plan around a finished body; `extra_body` is merged into it last. */
export function enveloped({
  request,
  context,
  row,
  choice,
  body,
  changes,
  names,
}: Enveloped): Plan {
  const { endpoint, model, reason } = choice;
  const keyed = cacheKeyHeader(body, endpoint, row, changes);
  return {
    provider: context.connection.provider,
    model,
    endpoint,
    ...(reason && { reason }),
    method: "POST",
    path: row.path?.(endpoint, context, model) ?? `/${endpoint}`,
    headers: { ...keyed, ...row.planHeaders?.(context) },
    body: mergeBody(body, request.extra_body),
    stream: !!request.stream,
    framing: "sse",
    changes: changes.list,
    ...(names && { toolNames: names }),
  };
}
