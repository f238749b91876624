/**
 * OpenAI at Azure. The model string names the deployment; `baseModel` in the provider's options names
 * the model behind it. Without `apiVersion` the v1 API is used, with it the older one by deployment.
 * Source: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle, 2026-11.
 */
import type { PlanContext } from "@polycall/core";
import type { HostRow } from "./chat/host-row.ts";
import { toolCallIds40 } from "./quirks/history.ts";
import { openaiModels } from "./quirks/openai-models.ts";
import { jsonIsSaid } from "./quirks/response-format.ts";

/**
 * "/openai" or a Foundry resource's "/models", and what the portal shows after it: an API, a
 * deployment, a whole "target URI".
 */
const portalPath =
  /(?:\/openai(?:\/(?:v1|deployments|responses)(?:[/?].*)?)?|(?<=\.services\.ai\.azure\.com)\/models(?:[/?].*)?|\?api-version=.*)$/;

/** Versions of the v1 API; all others have dates, and the older paths. */
const v1Versions: ReadonlySet<string> = new Set(["v1", "preview", "latest"]);

/** The resource, whatever of the path people copied from the portal. */
function resourceURL(url: string): string {
  const given = url && !url.includes("://") ? `https://${url}` : url;
  return given.replace(/\/+$/, "").replace(portalPath, "").replace(/\/+$/, "");
}

function pathOf(endpoint: string, { connection }: PlanContext, model: string): string {
  const { apiVersion } = connection.settings;
  if (!apiVersion || apiVersion === "v1") return `/openai/v1/${endpoint}`;
  const query = `?api-version=${encodeURIComponent(apiVersion)}`;
  if (v1Versions.has(apiVersion)) return `/openai/v1/${endpoint}${query}`;
  if (endpoint === "responses") return `/openai/responses${query}`;
  return `/openai/deployments/${encodeURIComponent(model)}/${endpoint}${query}`;
}

export const azureRow: HostRow = {
  name: "azure",
  label: "Azure OpenAI",
  docs: "https://learn.microsoft.com/azure/ai-foundry/openai/latest",
  requiresBaseURL: true,
  baseURLEnv: ["AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"],
  normalizeBaseURL: resourceURL,
  apiKeyEnv: ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "AZURE_AD_TOKEN"],
  keyURL: "https://ai.azure.com",
  settingsEnv: { apiVersion: ["AZURE_API_VERSION", "AZURE_OPENAI_API_VERSION"] },
  lacks: ["moderation", "web_search_options"],
  quirks: [jsonIsSaid, toolCallIds40, openaiModels],
  breakpoints: true,
  maxEmbeddingInputs: 2048,
  responses: true,
  path: pathOf,
  // A key is 32 or 84 letters and digits; an Entra token is a JWT, which begins with "eyJ".
  authorize(apiKey): Record<string, string> {
    return apiKey.startsWith("eyJ") ? { authorization: `Bearer ${apiKey}` } : { "api-key": apiKey };
  },
};
