/** The request as the Messages API's body, and the list of what had to change. Pure. */
import {
  Changes,
  type CompletionRequest,
  declareTools,
  legacyTools,
  mergeBody,
  type Plan,
  type PlanContext,
} from "@polycall/core";
import type { Block, Turn } from "./blocks.ts";
import { limitMarks } from "./cache-marks.ts";
import { identityOf } from "./identity.ts";
import { conversationOf } from "./messages.ts";
import { factsOf, isKnown, type ModelFacts } from "./models.ts";
import { callBySchema, choiceWithOutput, outputOf } from "./output.ts";
import { knownParams, reportUnsupported, samplingOf, serviceOf, stopOf } from "./params.ts";
import { makeForcible, type Reasoning, reasoningOf, thinks } from "./thinking.ts";
import { asksForCall, choiceOf, isForced, toolsOf, webSearch } from "./tools.ts";

/** The API's versions: the newer one refuses temperature, top_p and top_k, whatever the model. */
const newest = "2026-10-21";
const withSampling = "2023-06-01";

type Body = { [key: string]: unknown };

/** @throws UnsupportedParamsError for a meaning that this model cannot be given */
export function plan(request: CompletionRequest, context: PlanContext): Plan {
  const { model, connection, facts: known } = context;
  const changes = new Changes(context);
  const facts = factsOf(model, known);
  const origin = { provider: connection.provider, model, endpoint: "messages" };
  reportUnsupported(request, changes);

  const legacy = legacyTools(request, changes);
  const declared = declareTools(legacy.tools, request.messages, changes);
  // Tools that only the history knows are not there to be called; a web search beside them is.
  const isBare = declared !== legacy.tools && !request.web_search_options;
  const wanted = legacy.tool_choice ?? "auto";
  if (asksForCall(wanted) && (isBare || !(declared?.length || request.web_search_options))) {
    const what = "tool_choice asks for a call, and the request declares no tool.";
    changes.refuse("tool_choice", what, "Declare it in tools.", "anthropic/choice-without-tools");
  }
  const talk = conversationOf(
    {
      messages: request.messages,
      tools: declared,
      searches: !!request.web_search_options,
      choice: isBare && wanted === "auto" ? "none" : legacy.tool_choice,
    },
    facts,
    origin,
    changes,
  );
  const offered = toolsOf(talk.tools, facts, changes);
  if (request.web_search_options) offered.push(webSearch(request.web_search_options, changes));
  let { choice, tools } = choiceOf(talk.choice, offered, request.parallel_tool_calls, changes);
  const output = outputOf(request.response_format, tools, facts, changes);
  if (output.tool && choice?.type !== "tool") {
    choice = choiceWithOutput(choice, output.tool.name, tools.length);
    tools = [...tools, output.tool];
  }
  if (output.instruction) talk.system.push({ type: "text", text: output.instruction });

  const isSure = isKnown(model) || known?.maxOutput !== undefined;
  const maxTokens = maxTokensOf(request, isSure, facts, changes);
  let reasoning = reasoningOf(request, facts, maxTokens, changes);
  const canForce = facts.forcedTool !== "never" || output.format || output.tool;
  const bySchema = !canForce && isForced(choice) && callBySchema(choice!, tools, changes);
  if (bySchema) {
    output.format = bySchema.format;
    choice = { type: "none" };
  } else if (isForced(choice)) {
    const param = output.tool ? "response_format" : "tool_choice";
    reasoning = makeForcible(reasoning, facts, param, changes);
  }
  reasoning = keepThinkingWhole(reasoning, talk.turns, changes);
  // Neither thinking nor a native schema goes with a begun reply.
  const prefill = facts.prefill && !thinks(reasoning, facts) && !output.format;
  const rule = facts.prefill ? "anthropic/prefill-thinking" : undefined;
  endWithUser(talk.turns, prefill, changes, rule);
  const marked = limitMarks(talk, tools, request, changes);

  const service = serviceOf(request, changes);
  const config: Body = {};
  if (reasoning.effort) config.effort = reasoning.effort;
  if (output.format) config.format = output.format;
  const body: Body = {
    model,
    max_tokens: maxTokens,
    ...(talk.system.length && { system: marked.system }),
    messages: marked.turns,
    ...(tools.length && { tools: marked.tools }),
    ...(choice && { tool_choice: choice }),
    ...(reasoning.thinking && { thinking: reasoning.thinking }),
    ...(Object.keys(config).length && { output_config: config }),
    ...stopOf(request, changes),
    ...samplingOf(request, facts, reasoning, takesSampling(context), changes),
    ...identityOf(request, changes),
    ...service.body,
    ...(request.stream && { stream: true }),
  };
  const whole = mergeBody(mergeBody(body, unknownParams(request)), request.extra_body);
  return {
    ...origin,
    method: "POST",
    path: "/v1/messages",
    headers: headersOf(whole, service.betas, context),
    body: whole,
    stream: !!request.stream,
    framing: "sse",
    changes: changes.list,
    ...(talk.names && { toolNames: talk.names }),
    ...(output.tool && tools.includes(output.tool) && { outputTool: output.tool.name }),
    ...(bySchema && { forcedTool: bySchema.name }),
  };
}

function unknownParams(request: CompletionRequest): Body {
  const others: Body = {};
  for (const [key, value] of Object.entries(request)) {
    if (!knownParams.has(key) && value !== undefined) others[key] = value;
  }
  return others;
}

function maxTokensOf(
  request: CompletionRequest,
  isSure: boolean,
  { maxOutput }: ModelFacts,
  changes: Changes,
): number {
  const param = request.max_completion_tokens == null ? "max_tokens" : "max_completion_tokens";
  const asked = request.max_completion_tokens ?? request.max_tokens;
  // The API wants a limit; no limit is the model's own.
  if (asked == null) return maxOutput;
  if (asked <= maxOutput || !isSure) return asked;
  const reason = `this model writes ${maxOutput} tokens at most`;
  changes.hint({ param, action: "clamped", from: asked, to: maxOutput, reason });
  return maxOutput;
}

/**
 * With a thinking budget the API wants the turn whose results follow to begin with its thinking. A
 * history from elsewhere has none: then this answer goes without.
 */
function keepThinkingWhole(reasoning: Reasoning, turns: Turn[], changes: Changes): Reasoning {
  const { thinking, ...rest } = reasoning;
  if (thinking?.type !== "enabled") return reasoning;
  const isResult = ({ type }: Block) => type === "tool_result";
  if (!turns.at(-1)?.content.some(isResult)) return reasoning;
  const first = turns.at(-2)?.content[0]?.type;
  if (first === "thinking" || first === "redacted_thinking") return reasoning;
  changes.hint({
    param: "thinking",
    action: "dropped",
    from: thinking,
    reason: "the history's tool call came without thinking, and this API wants both or neither",
    rule: "anthropic/thinking-history",
  });
  return rest;
}

/** A conversation that ends with the model's turn asks for a continuation: said in words where prefill is refused. */
function endWithUser(turns: Turn[], prefill: boolean, changes: Changes, rule?: string): void {
  const last = turns.at(-1);
  if (last?.role !== "assistant" || isPaused(last.content)) return;
  if (prefill) {
    last.content = trimmed(last.content, changes);
    return;
  }
  changes.note({
    param: "messages",
    action: "emulated",
    to: "Continue.",
    reason: `this model does not go on from a message of its own${rule ? " while it thinks or keeps to a schema" : ""}, so a user turn asks it to`,
    ...(rule && { rule }),
  });
  turns.push({ role: "user", content: [{ type: "text", text: "Continue." }] });
}

/** The API refuses a begun reply whose text ends in white space. */
function trimmed(blocks: Block[], changes: Changes): Block[] {
  const text = blocks.at(-1)?.type === "text" ? String(blocks.at(-1)!.text) : "";
  if (text === text.trimEnd()) return blocks;
  const reason = "this API refuses a final assistant text that ends in white space";
  changes.note({ param: "messages", action: "repaired", from: text, to: text.trimEnd(), reason });
  return blocks.with(-1, { ...blocks.at(-1)!, text: text.trimEnd() });
}

/** A paused turn goes back as it is: it ends in calls that the server's own tools are still to answer. */
function isPaused(blocks: readonly Block[]): boolean {
  const answered = new Set(blocks.map(({ tool_use_id }) => tool_use_id));
  return blocks.some(({ type, id }) => /^(server|mcp)_tool_use$/.test(type) && !answered.has(id));
}

function pinnedVersion({ connection }: PlanContext): string | undefined {
  return connection.headers["anthropic-version"];
}

/** Whether the API's version still takes sampling parameters: it does unless the user pinned a new one. */
function takesSampling(context: PlanContext): boolean {
  return (pinnedVersion(context) ?? withSampling) < newest;
}

function headersOf(body: Body, betas: string[], context: PlanContext): Record<string, string> {
  const samples = body.temperature ?? body.top_p ?? body.top_k;
  const version = pinnedVersion(context) ?? (samples === undefined ? newest : withSampling);
  const given = context.connection.headers["anthropic-beta"]?.split(",") ?? [];
  const all = new Set([...given, ...betas].map((beta) => beta.trim()).filter(Boolean));
  return {
    "anthropic-version": version,
    ...(all.size && { "anthropic-beta": [...all].join(",") }),
  };
}
