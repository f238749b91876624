/** `explain(request)`: resolve and plan, and nothing else: what would be sent, and why. */
import type { CallInternals } from "./call.ts";
import type { CapabilityLayer } from "./capabilities/layers.ts";
import type { ClientContext } from "./client-context.ts";
import { planCompletion } from "./completion.ts";
import { openCompletion } from "./door.ts";
import type { Plan } from "./provider.ts";
import { redactHeaders, secretsOf } from "./redact.ts";
import type { Resolved } from "./resolve.ts";
import type { CachePlan } from "./types/caching.ts";
import type { Change } from "./types/completion.ts";
import type { Description } from "./types/forecast.ts";
import type { CompletionInput } from "./types/input.ts";
import type { CompletionRequest } from "./types/request.ts";

export interface Explanation extends Description {
  provider: string;
  model: string;
  endpoint: string;
  /** Why this endpoint, where there was a choice. */
  reason?: string;
  method: "POST";
  url: string;
  /** Beyond what the SDK adds to sign; secrets hidden. */
  headers: Record<string, string>;
  /** The body, exactly as it would be sent. */
  body: Record<string, unknown>;
  /** All changes: what `reply.warnings` will be. */
  changes: Change[];
  /** Those of them that mend the messages. */
  repairs: Change[];
  /** What is known of the model and where that is from, lowest layer first. */
  capabilities: CapabilityLayer[];
  /** What the provider may cache of it; absent where the client has no `promptCaches`. */
  cache?: CachePlan;
}

/** A plan in hand, and what it is told from. */
export interface Explained {
  explanation: Explanation;
  plan: Plan;
  request: CompletionRequest;
  resolved: Resolved;
  call: CallInternals;
}

export async function explain(client: ClientContext, input: CompletionInput): Promise<Explained> {
  const { request, options, warnings } = openCompletion(input);
  const call = client.call("completion", request.model, options, warnings);
  const resolved = await client.registry.resolve(request.model, call);
  const { connection } = resolved;
  const plan = await planCompletion(client, request, resolved, call);
  const cache = plan.cache ?? (await call.promptCaches?.())?.describe(plan, resolved);
  const { provider, model, endpoint, reason, method, path, headers, body } = plan;
  const changes = [...warnings, ...plan.changes];
  const explanation: Explanation = {
    provider,
    model,
    endpoint,
    ...(reason && { reason }),
    method,
    url: `${plan.baseURL ?? connection.baseURL}${path}`,
    headers: redactHeaders({ ...connection.headers, ...headers }, secretsOf(connection)),
    body: { ...body },
    changes,
    repairs: changes.filter(({ param }) => param.startsWith("messages")),
    capabilities: [
      ...(resolved.provider.capabilities?.layers(resolved.model) ?? []),
      ...(await client.layersOf(resolved, call)),
    ],
    ...(cache && { cache }),
  };
  return { explanation, plan, request, resolved, call };
}
