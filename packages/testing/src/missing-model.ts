/** The model that no simulated provider has. */
import type { Refusal } from "./refusal.ts";
import type { Route } from "./routes.ts";

/** Every provider answers 404 for a model of this name. */
export const MISSING_MODEL = "missing-model";

/** The refusal of an unknown model, in the provider's words. */
export function refuseModel({ provider, endpoint, model }: Route): Refusal | undefined {
  if (model !== MISSING_MODEL && !model.endsWith(`/${MISSING_MODEL}`)) return undefined;
  const { family, chat } = provider;
  if (family === "anthropic") return { status: 404, message: `model: ${model}` };
  if (family === "gemini") {
    const verb = endpoint === "batchEmbedContents" ? "embedContent" : endpoint;
    const message =
      `models/${model} is not found for API version v1beta, or is not supported for ${verb}. ` +
      "Call ModelService.ListModels to see the list of available models and their supported methods.";
    return { status: 404, message };
  }
  if (family === "ollama") return { status: 404, message: `model '${model}' not found` };
  if (chat.numericErrors) return { status: 404, message: `No endpoints found for ${model}.` };
  const code = "model_not_found";
  if (endpoint === "responses") {
    const message = `The requested model '${model}' does not exist.`;
    return { status: 400, message, param: "model", code };
  }
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return { status: 404, message, code };
}
