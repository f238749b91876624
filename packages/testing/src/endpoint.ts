/** What every protocol's endpoint is given and gives. */
import type { Ids } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { CacheCounts } from "./prompt-cache.ts";
import type { SimulatedProvider } from "./providers.ts";
import type { Reply } from "./reply.ts";
import type { Answer, Turn } from "./turn.ts";

/** One request, past authentication and validation. */
export interface EndpointCall {
  provider: SimulatedProvider;
  body: JsonObject;
  /** The model asked for, from the body or the path. */
  model: string;
  /** True when the path or the body asks for a stream. */
  stream: boolean;
  ids: Ids;
  /** Unix time in seconds. */
  created: number;
  respond: (turn: Turn) => Answer;
  /** What the prompt cache does for an input of so many tokens. @param body default: the request's */
  cached: (input: number, body?: JsonObject) => CacheCounts;
  /** Conversations kept by reply id, for `previous_response_id`. */
  memory: Map<string, unknown[]>;
}

/** Answers one endpoint. */
export type Endpoint = (call: EndpointCall) => Reply;

/** The model name that the simulator says it served. */
export function servedModel(model: string): string {
  return `simulator/${model}`;
}
