/** The endpoint that counts a prompt's tokens. Pure. Source: CountTokensParameters in @google/genai 3.1, and recordings. */
import type { CountEndpoint } from "@polycall/core";
import { planCompletion } from "./plan.ts";
import { modelPath, routeOf, type Service } from "./service.ts";

export function countEndpointOf(service: Service): CountEndpoint {
  return {
    plan(request, context) {
      const { connection, model } = context;
      const whole = planCompletion(service, request, context);
      const { contents, systemInstruction, tools, generationConfig } = whole.body;
      const body = service.vertex
        ? { contents, systemInstruction, tools, generationConfig }
        : { generateContentRequest: { model: modelPath(service, model), ...whole.body } };
      const route = routeOf(service, connection, model, "countTokens");
      return { ...whole, ...route, endpoint: "countTokens", body };
    },
    parse: (body) => (body as { totalTokens?: number } | null)?.totalTokens,
  };
}
