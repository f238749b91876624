/** Whether the real service would refuse a planned request, without a server. */
import type { Json } from "./json.ts";
import { asObject } from "./json.ts";
import { providerNamed, type SimulatedProvider } from "./providers.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { refuseBody } from "./validate/index.ts";

/** What a request is judged by: `explain()` gives all of it. */
export interface PlannedRequest {
  provider: string;
  /** E.g. "chat/completions", "messages". */
  endpoint: string;
  model: string;
  headers?: Record<string, string>;
  body: object;
}

const never = () => {
  throw new Error(refusalOf(501).message);
};

/** A host that the simulator does not play: any OpenAI-compatible one. */
function compatible(name: string): SimulatedProvider {
  const callId = { prefix: "call_", length: 24 };
  const chat = { id: "", usage: "own chunk", callId, lenient: true } as const;
  return { name, basePath: "", family: "openai", chat };
}

/**
 * The first thing in a planned request that its service would refuse, by the types of the service's
 * own SDK and by its rules of order and pairing; undefined where it would be taken.
 */
export function refusalFor(planned: PlannedRequest): Refusal | undefined {
  const { provider, endpoint, model, headers, body } = planned;
  const route = {
    provider: providerNamed(provider) ?? compatible(provider),
    endpoint,
    method: "POST" as const,
    handle: never,
    model,
    stream: false,
  };
  return refuseBody(route, {
    headers: { "anthropic-version": "2023-06-01", ...headers },
    path: "",
    body: asObject(JSON.parse(JSON.stringify(body)) as Json),
  });
}
