/** The two services that speak generateContent, and where a connection reaches them. Pure. */
import { type Connection, InvalidRequestError, type ProviderInfo } from "@polycall/core";

export interface Service {
  /** Vertex AI; else the Gemini API. */
  readonly vertex: boolean;
  readonly info: ProviderInfo;
}

export const geminiService: Service = {
  vertex: false,
  info: {
    name: "gemini",
    label: "Google Gemini",
    baseURL: "https://generativelanguage.googleapis.com",
    baseURLEnv: ["GEMINI_BASE_URL"],
    apiKeyEnv: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    keyURL: "https://aistudio.google.com/apikey",
  },
};

/** With a key it is in express mode; else `project`, `location` and Google credentials say who calls. */
export const vertexService: Service = {
  vertex: true,
  info: {
    name: "vertex",
    label: "Google Vertex AI",
    baseURL: "https://aiplatform.googleapis.com",
    baseURLEnv: ["VERTEX_BASE_URL"],
    apiKeyEnv: ["GOOGLE_VERTEX_API_KEY"],
    keyURL: "https://console.cloud.google.com/vertex-ai/studio/settings/api-keys",
    keyOptional: true,
    tokenCommand: "gcloud auth print-access-token",
    settingsEnv: {
      project: ["GOOGLE_CLOUD_PROJECT", "VERTEXAI_PROJECT"],
      location: ["GOOGLE_CLOUD_LOCATION", "VERTEXAI_LOCATION"],
      credentials: ["GOOGLE_APPLICATION_CREDENTIALS"],
    },
  },
};

export interface Address {
  /** Without version and without a slash at the end. */
  readonly baseURL: string;
  readonly apiVersion: string;
  /** Where requests are billed and served: `projects/P/locations/L`; absent in express mode. */
  readonly scope?: { readonly project: string; readonly location: string };
}

const multiRegions = new Set(["us", "eu"]);

/** @throws InvalidRequestError for a location without a project */
export function addressOf({ vertex, info }: Service, connection: Connection): Address {
  const { settings, apiKey } = connection;
  const given = connection.baseURL || info.baseURL!;
  const versioned = /^(.*)\/(v\d+(?:(?:alpha|beta)\d*)?)$/.exec(given);
  const baseURL = versioned?.[1] ?? given;
  const apiVersion = settings.apiVersion ?? versioned?.[2] ?? (vertex ? "v1beta1" : "v1beta");
  if (!vertex) return { baseURL, apiVersion };

  const { project, location = "global" } = settings;
  if (!project) {
    if (settings.location && settings.location !== "global") {
      throw new InvalidRequestError(
        `${connection.provider}: location "${location}" needs a project. Pass project or set GOOGLE_CLOUD_PROJECT.`,
        { provider: connection.provider, param: "project" },
      );
    }
    return { baseURL, apiVersion };
  }
  if (apiKey && !settings.location) return { baseURL, apiVersion };
  const scope = { project, location };
  if (baseURL !== info.baseURL || location === "global") return { baseURL, apiVersion, scope };
  const host = multiRegions.has(location)
    ? `aiplatform.${location}.rep.googleapis.com`
    : `${location}-aiplatform.googleapis.com`;
  return { baseURL: `https://${host}`, apiVersion, scope };
}

/** The model as a path, as the SDK writes it (its `tModel`). */
export function modelPath({ vertex }: Service, model: string): string {
  if (!vertex) return /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
  if (/^(publishers|projects|models)\//.test(model)) return model;
  const slash = model.indexOf("/");
  const publisher = slash < 0 ? "google" : model.slice(0, slash);
  return `publishers/${publisher}/models/${model.slice(slash + 1)}`;
}

/**
 * Where a request goes, as `Plan` has it.
 * @throws InvalidRequestError for a model name that cannot stand in a URL
 */
export function routeOf(
  service: Service,
  connection: Connection,
  model: string,
  method: string,
): { path: string; baseURL: string } {
  if (/[?&#\s]|\.\./.test(model)) {
    const { provider } = connection;
    throw new InvalidRequestError(
      `${provider}/${model}: a model name holds no "?", "&", "#", ".." or white space.`,
      { provider, model, param: "model" },
    );
  }
  const { baseURL, apiVersion, scope } = addressOf(service, connection);
  const path = modelPath(service, model);
  const within = scope && !path.startsWith("projects/");
  const prefix = within ? `projects/${scope.project}/locations/${scope.location}/` : "";
  return { baseURL, path: `/${apiVersion}/${prefix}${path}:${method}` };
}
