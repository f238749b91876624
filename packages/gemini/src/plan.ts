/** An OpenAI request as Gemini's generateContent. Pure. */
import {
  answerOrphanCalls,
  Changes,
  type CompletionRequest,
  dropOrphanResults,
  hoistSystem,
  legacyFunctions,
  legacyTools,
  type Message,
  mergeBody,
  orderResults,
  type Plan,
  type PlanContext,
  resultImages,
  type TextPart,
  toolNames,
  userFirst,
} from "@polycall/core";
import { besideCache } from "./cached-content.ts";
import { formatOf } from "./format.ts";
import { generationOf } from "./generation.ts";
import { hintsOf } from "./hints.ts";
import { knownRequest, unknownKeys } from "./keys.ts";
import { contentsOf, resultsFit, systemOf } from "./messages.ts";
import { factsOf, type ModelFacts } from "./models.ts";
import { routeOf, type Service } from "./service.ts";
import { isBuiltIn, toolsOf, validName } from "./tools.ts";

type Json = { [key: string]: unknown };

const endpoint = "generateContent";

/**
 * @throws UnsupportedParamsError for a meaning that this model cannot be given
 * @throws InvalidRequestError for a model name or location that makes no URL
 */
export function planCompletion(
  service: Service,
  request: CompletionRequest,
  context: PlanContext,
): Plan {
  const { connection, model, facts: known } = context;
  const { provider } = connection;
  const changes = new Changes(context);
  const facts = factsOf(model, known);
  const stream = request.stream === true;

  const { functions, builtIn, choice, messages, names } = named(request, changes);
  const { system, rest } = repaired(messages, facts, changes);
  const search = request.web_search_options ? [{ googleSearch: {} }] : [];
  const format = formatOf(request.response_format, {
    facts,
    changes,
    functions,
    hasBuiltIn: builtIn.length + search.length > 0,
    choice,
  });
  // Calls are forbidden and this model cannot have both: without the functions it can have JSON.
  const isJson = format.config.responseMimeType !== undefined;
  const declared = isJson && !facts.jsonWithTools && choice === "none" ? [] : functions;
  const output = format.output;
  const tools = toolsOf({
    service,
    facts,
    changes,
    functions: declared,
    builtIn: [...builtIn, ...search],
    choice,
    output,
  });
  const systemInstruction = systemOf(system);
  const generationConfig = { ...generationOf(request, facts, changes), ...format.config };
  const body: Json = {
    contents: contentsOf(rest, { service, facts, provider, endpoint, changes }),
    ...(systemInstruction && { systemInstruction }),
    ...tools,
    ...(Object.keys(generationConfig).length && { generationConfig }),
    ...hintsOf(request, service, changes),
    ...unknownKeys(request, knownRequest),
  };
  const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return {
    provider,
    model,
    endpoint,
    method: "POST",
    ...routeOf(service, connection, model, method),
    headers: {},
    body: besideCache(mergeBody(body, request.extra_body), changes),
    stream,
    framing: "sse",
    changes: changes.list,
    ...(names && { toolNames: names }),
    ...(output && { outputTool: output.name }),
  };
}

/** Tools of the old kind as tools, Google's own set apart, names that Google takes. */
function named(request: CompletionRequest, changes: Changes) {
  const history = legacyFunctions(request.messages, changes);
  const legacy = legacyTools(request, changes);
  const builtIn = (legacy.tools ?? []).filter(isBuiltIn) as unknown as Json[];
  const ours = legacy.tools?.filter((tool) => !isBuiltIn(tool));
  const { tools, messages, tool_choice, names } = toolNames(
    ours,
    history,
    legacy.tool_choice,
    changes,
    { valid: validName },
  );
  return { functions: tools ?? [], builtIn, choice: tool_choice, messages, names };
}

/** The history as Google insists on it, and the system texts taken out of it. */
function repaired(given: readonly Message[], facts: ModelFacts, changes: Changes) {
  let messages = dropOrphanResults(given, changes);
  messages = answerOrphanCalls(messages, changes);
  messages = orderResults(messages, changes);
  if (!facts.mediaResults || !resultsFit(messages)) messages = resultImages(messages, changes);
  messages = userFirst(messages, changes);
  const hoisted = hoistSystem(messages, changes, { later: "as-user" });
  const { rest } = hoisted;
  const system = hoisted.system.filter(({ text }) => text.trim());
  if (system.length < hoisted.system.length) {
    const reason = "an empty system text says nothing";
    changes.note({ param: "messages", action: "dropped", from: "system", reason });
  }
  if (facts.system || !system.length) return { system, rest };
  return { system: [], rest: systemAsUser(system, rest, changes) };
}

/** Gemma reads no system instruction: the texts go before the first user turn. */
function systemAsUser(
  system: readonly TextPart[],
  rest: readonly Message[],
  changes: Changes,
): readonly Message[] {
  changes.note({
    param: "messages",
    action: "converted",
    from: "system",
    to: "the start of the first user message",
    reason: "this model takes no system instruction",
  });
  return [{ role: "user", content: [...system] }, ...rest];
}
