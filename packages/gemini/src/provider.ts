/** The two providers of this package: the pure parts wired to the SDK call. */
import type { Provider } from "@polycall/core";
import { type SignIn, send } from "./client.ts";
import { countEndpointOf } from "./count-tokens.ts";
import { embeddingOf } from "./embedding.ts";
import { classify } from "./errors.ts";
import { layersOf, shape } from "./models.ts";
import { parse } from "./parse.ts";
import { planCompletion } from "./plan.ts";
import { geminiService, type Service, vertexService } from "./service.ts";
import { signIn } from "./sign-in.ts";
import { decoder } from "./stream.ts";

function providerOf(service: Service, signIn?: SignIn): Provider {
  return {
    info: service.info,
    plan: (request, context) => planCompletion(service, request, context),
    send: (plan, call) => send(service, plan, call, signIn),
    parse,
    decoder,
    classify,
    capabilities: { layers: layersOf, shape },
    embedding: embeddingOf(service),
    countTokens: countEndpointOf(service),
  };
}

/** The Gemini API (Google AI Studio keys). */
export const gemini: Provider = /* @__PURE__ */ providerOf(geminiService);

/** Vertex AI: a project with Google credentials, or a key in express mode. */
export const vertex: Provider = /* @__PURE__ */ providerOf(vertexService, signIn);
