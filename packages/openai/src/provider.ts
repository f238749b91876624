/** OpenAI, Azure or a compatible host's row as a Provider: wires the parts together. */
import type {
  CompletionData,
  CompletionRequest,
  Decoder,
  Plan,
  PlanContext,
  Provider,
} from "@polycall/core";
import { azureRow } from "./azure.ts";
import { capabilitiesOf } from "./capabilities.ts";
import type { HostRow } from "./chat/host-row.ts";
import { parseChat } from "./chat/parse.ts";
import { planChat } from "./chat/plan.ts";
import { ChatDecoder } from "./chat/stream.ts";
import { countEndpointOf } from "./count-tokens.ts";
import { embeddingOf } from "./embedding.ts";
import { chooseEndpoint, type EndpointChoice, type EndpointName } from "./endpoint.ts";
import { classify } from "./errors.ts";
import { toolCallIds40 } from "./quirks/history.ts";
import { openaiModels } from "./quirks/openai-models.ts";
import { jsonIsSaid } from "./quirks/response-format.ts";
import { parseResponses } from "./responses/parse.ts";
import { planResponses } from "./responses/plan.ts";
import { ResponsesDecoder } from "./responses/stream.ts";
import { sendPlan } from "./sdk.ts";

/** One of the two endpoints: the same four steps. */
interface Endpoint {
  plan(
    request: CompletionRequest,
    context: PlanContext,
    row: HostRow,
    choice: EndpointChoice,
  ): Plan;
  parse(body: unknown, plan: Plan, row: HostRow): CompletionData;
  decoder(plan: Plan, row: HostRow): Decoder;
}

const endpoints: Record<EndpointName, Endpoint> = {
  "chat/completions": {
    plan: planChat,
    parse: parseChat,
    decoder: (plan, row) => new ChatDecoder(plan, row),
  },
  responses: {
    plan: planResponses,
    parse: parseResponses,
    decoder: (plan) => new ResponsesDecoder(plan),
  },
};

/** Chat Completions, unless the host speaks Responses too and the request asks for it. */
function choose(request: CompletionRequest, context: PlanContext, row: HostRow): EndpointChoice {
  const { connection, model, facts } = context;
  if (!row.responses) return { endpoint: "chat/completions", model };
  const { provider, settings } = connection;
  return chooseEndpoint(request, model, provider, settings.baseModel, facts);
}

function endpointOf(plan: Plan): Endpoint {
  return endpoints[plan.endpoint as EndpointName];
}

/** Every host's URL can be set by NAME_BASE_URL, besides the variables that its row lists. */
function infoOf(row: HostRow): HostRow {
  const variable = `${row.name.toUpperCase()}_BASE_URL`;
  return { ...row, baseURLEnv: [...new Set([...(row.baseURLEnv ?? []), variable])] };
}

/**
 * A provider from a row: how any OpenAI-compatible host is added.
 * @example registerProvider("acme", host({ name: "acme", label: "Acme", baseURL: "https://…/v1", apiKeyEnv: ["ACME_API_KEY"] }))
 */
export function host(row: HostRow): Provider {
  const { maxEmbeddingInputs, embedding, rerank, authorize } = row;
  return {
    info: infoOf(row),
    plan(request, context) {
      const choice = choose(request, context, row);
      return endpoints[choice.endpoint].plan(request, context, row, choice);
    },
    send: (plan, send) => sendPlan(plan, send, authorize),
    parse: (body, plan) => endpointOf(plan).parse(body, plan, row),
    decoder: (plan) => endpointOf(plan).decoder(plan, row),
    classify,
    capabilities: capabilitiesOf(row),
    ...(row.countsTokens && { countTokens: countEndpointOf(row) }),
    ...(maxEmbeddingInputs && { embedding: embeddingOf(row, maxEmbeddingInputs) }),
    ...(embedding && { embedding }),
    ...(rerank && { rerank }),
  };
}

/** OpenAI's own row. */
export const openaiRow: HostRow = {
  name: "openai",
  label: "OpenAI",
  docs: "https://platform.openai.com/docs/api-reference/chat/create",
  baseURL: "https://api.openai.com/v1",
  baseURLEnv: ["OPENAI_BASE_URL"],
  apiKeyEnv: ["OPENAI_API_KEY"],
  keyURL: "https://platform.openai.com/api-keys",
  settingsEnv: { organization: ["OPENAI_ORG_ID"], project: ["OPENAI_PROJECT_ID"] },
  quirks: [jsonIsSaid, toolCallIds40, openaiModels],
  breakpoints: true,
  maxEmbeddingInputs: 2048,
  responses: true,
  countsTokens: true,
  planHeaders: ({ connection: { settings, headers } }) => ({
    ...(settings.organization && { "openai-organization": settings.organization }),
    ...(settings.project && { "openai-project": settings.project }),
    // The user's own header wins.
    ...headers,
  }),
};

export const openai: Provider = /* @__PURE__ */ host(openaiRow);
export const azure: Provider = /* @__PURE__ */ host(azureRow);
