/** Where vectors come from: a model string through a client, or an encoder; asked in the same way. */
import type { CallOptions, Change, PolycallClient } from "@polycall/core";
import { embedding } from "polycall";
import type { EmbeddingRole, Encoder } from "./encoder.ts";
import type { Limits, Prefixes } from "./families.ts";
import { limitsOf, type Telling, tellingOf } from "./limits.ts";

/** What a client is needed for. */
export type EmbeddingClient = Pick<PolycallClient, "embedding">;

export interface SourceOptions
  extends Pick<
    CallOptions,
    | "apiKey"
    | "baseURL"
    | "headers"
    | "timeout"
    | "maxRetries"
    | "onUnsupported"
    | "fetch"
    | "signal"
  > {
  /** "provider/model", or what turns texts into vectors itself. */
  model: string | Encoder;
  /** What the texts are for, told in each model's own way. */
  role?: EmbeddingRole;
  /** Length of each vector, where the model can be asked for one. */
  dimensions?: number;
  /** What each text begins with, instead of what is known of the model. */
  prefixes?: Partial<Prefixes>;
  /** Default: polycall's own. */
  client?: EmbeddingClient;
  /** Merged into the provider's body. */
  extra_body?: { [key: string]: unknown };
}

/** What came for one request. */
export interface Answer {
  vectors: Float32Array[];
  usage?: { prompt_tokens: number; total_tokens: number };
  /** Dollars. */
  cost?: number;
  warnings: readonly Change[];
}

export interface Source {
  /** Names it. */
  readonly model: string;
  readonly limits: Limits;
  readonly telling: Telling;
  ask(texts: string[]): Promise<Answer>;
}

export function sourceOf(options: SourceOptions): Source {
  const { model, role, prefixes, signal } = options;
  if (typeof model === "string") return servedSource(model, options);
  const { prefix } = prefixes ? tellingOf(model.model, role, prefixes) : { prefix: "" };
  return {
    model: model.model,
    limits: { inputs: 64 },
    telling: { role, prefix },
    async ask(texts) {
      return { vectors: await model.encode(texts, { role, signal }), warnings: [] };
    },
  };
}

function servedSource(model: string, options: SourceOptions): Source {
  const { role, prefixes, client = { embedding }, dimensions, extra_body, ...more } = options;
  const telling = tellingOf(model, role, prefixes);
  const limits = limitsOf(model);
  const { apiKey, baseURL, headers, timeout, maxRetries, onUnsupported, fetch, signal } = more;
  const input = {
    model,
    ...(telling.role && { role: telling.role }),
    ...(dimensions && { dimensions }),
    ...(limits.base64 && { encoding_format: "base64" as const }),
    ...(extra_body && { extra_body }),
    ...{ apiKey, baseURL, headers, timeout, maxRetries, onUnsupported, fetch, signal },
    // Vectors of two models do not compare: a client's own fallbacks are not for these.
    fallbacks: [],
  };
  return {
    model,
    limits,
    telling,
    async ask(texts) {
      const { data, usage, cost, warnings } = await client.embedding({ ...input, input: texts });
      const vectors = data.map((row) => new Float32Array(row.embedding));
      return { vectors, usage, ...(cost && { cost: cost.total }), warnings };
    },
  };
}
