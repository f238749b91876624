/** Which of OpenAI's two endpoints serves a request, and why. Pure; the facts are in `models.ts`. */
import type { CapabilityFacts, CompletionRequest, Message } from "@polycall/core";
import { effortOf } from "./chat/effort.ts";
import { factsOf, hostedFactsOf, type ModelFacts, reasons } from "./models.ts";

export type EndpointName = "chat/completions" | "responses";

export interface EndpointChoice {
  readonly endpoint: EndpointName;
  /** The model without the forced endpoint. */
  readonly model: string;
  readonly reason?: string;
}

/** Parameters that only /chat/completions knows. */
const chatOnly = [
  "audio",
  "frequency_penalty",
  "logit_bias",
  "modalities",
  "n",
  "prediction",
  "presence_penalty",
  "seed",
  "stop",
  "web_search_options",
] as const;

/** Parameters that are known on /responses only (SDK types 7.57). */
const responsesOnly = [
  "access_programs",
  "background",
  "context_management",
  "conversation",
  "include",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "previous_response_id",
  "prompt",
  "reasoning",
  "text",
  "truncation",
] as const;

/** Where the two endpoints differ in the models that they serve. */
const ownServices = new Set(["openai", "azure"]);
/** Where they differ in the tools and parameters that they take. Source: docs.x.ai, 2026-11. */
const splitServices = new Set([...ownServices, "xai"]);
const anyModel: ModelFacts = {};

/**
 * `chat/MODEL` and `responses/MODEL` force the endpoint. Otherwise Chat Completions, unless the
 * model, its tools or the history's state need Responses.
 * @param model the model string without the provider, e.g. "gpt-5.6-luna" or "responses/gpt-4.1"
 * @param baseModel the model behind an Azure deployment
 * @param known what the user says of the model, and what was learned
 */
export function chooseEndpoint(
  request: CompletionRequest,
  model: string,
  provider: string,
  baseModel?: string,
  known?: CapabilityFacts,
): EndpointChoice {
  if (model.startsWith("chat/")) {
    const reason = "the model string asks for it";
    return { endpoint: "chat/completions", model: model.slice("chat/".length), reason };
  }
  if (model.startsWith("responses/")) {
    const reason = "the model string asks for it";
    return { endpoint: "responses", model: model.slice("responses/".length), reason };
  }
  const name = baseModel ?? model;
  const facts = ownServices.has(provider) ? factsOf(name, known) : anyModel;
  const responses = (reason: string): EndpointChoice => ({ endpoint: "responses", model, reason });
  if (facts.responsesOnly) return responses(`${name} is served on /responses only`);
  const tools = !!request.tools?.length || !!request.functions?.length;
  if (tools && facts.chatTools === "never") {
    return responses(`${name} takes tools on /responses only`);
  }
  const isReasoning = reasons(facts, effortOf(request));
  if (tools && facts.chatTools === "without reasoning" && isReasoning) {
    return responses(`${name} takes tools on /chat/completions only without reasoning`);
  }
  if (splitServices.has(provider)) {
    const needs = needsResponses(request);
    if (needs) return responses(`${needs} exists on /responses only`);
  }
  if (provider === "openai" && request.web_search_options && !facts.chatSearch) {
    return responses(`${name} searches the web on /responses only`);
  }
  const used = chatOnly.find((key) => isUsed(request, key));
  if (used) {
    const reason = `${used} is a parameter of Chat Completions only`;
    return { endpoint: "chat/completions", model, reason };
  }
  if (hostedFactsOf(name, known).reasoning && hasResponsesState(request, provider)) {
    return responses("the history holds reasoning that /responses made");
  }
  return { endpoint: "chat/completions", model };
}

/** The parameter, built-in tool or part that Chat Completions would refuse. */
function needsResponses(request: CompletionRequest): string | undefined {
  const known: Record<string, unknown> = { ...request, ...request.extra_body };
  const param = responsesOnly.find((key) => known[key] !== undefined && known[key] !== null);
  if (param) return param;
  const builtIn = request.tools?.find(({ type }) => type !== "function" && type !== "custom");
  if (builtIn) return `the tool ${(builtIn as { type: string }).type}`;
  return request.messages.some(hasFileUrl) ? "a file by URL" : undefined;
}

/** Chat Completions takes a file's bytes or id only. */
function hasFileUrl({ content }: Message): boolean {
  if (!Array.isArray(content)) return false;
  return content.some(
    (part) => part.type === "file" && /^https?:/i.test(part.file.file_data?.slice(0, 6) ?? ""),
  );
}

function isUsed(request: CompletionRequest, key: (typeof chatOnly)[number]): boolean {
  const value = request[key];
  if (value === undefined || value === null || value === 0) return false;
  if (key === "n") return value !== 1;
  return !Array.isArray(value) || (key === "modalities" ? value.includes("audio") : !!value.length);
}

function hasResponsesState({ messages }: CompletionRequest, provider: string): boolean {
  return messages.some(
    (message) =>
      message.role === "assistant" &&
      message.provider_state?.some(
        (state) => state.provider === provider && state.endpoint === "responses",
      ),
  );
}
