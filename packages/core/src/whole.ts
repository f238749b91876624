/** One request to an endpoint that never streams (embeddings, reranking): resolve, plan, send, read, price. */
import type { CallInternals } from "./call.ts";
import type { ClientContext } from "./client-context.ts";
import { attempt } from "./completion.ts";
import { type Attempt, UnsupportedParamsError } from "./errors.ts";
import type { Plan, PlanContext } from "./provider.ts";
import { readBody, reading } from "./read.ts";
import { type Resolved, requireReachable } from "./resolve.ts";
import { priceTry, unanswered } from "./spent.ts";
import type { Change, Cost, Usage } from "./types/completion.ts";

export interface WholeEndpoint<Request, Data> {
  plan(request: Request, context: PlanContext): Plan;
  parse(body: unknown, plan: Plan): Data;
}

/** How one kind of endpoint is asked. */
export interface Whole<Request, Data> {
  endpointOf(resolved: Resolved): WholeEndpoint<Request, Data>;
  /** @throws APIResponseValidationError for a reply that is not what was asked for */
  checked(data: Data, request: Request, plan: Plan): Data;
  usageOf(data: Data): Usage | undefined;
}

/** What polycall adds to a reply. */
export interface Told {
  cost?: Cost;
  provider: string;
  warnings: Change[];
  attempts: Attempt[];
}

/** @throws UnsupportedParamsError where the provider has no such endpoint */
export function required<E>(
  endpoint: E | undefined,
  { provider, connection, model }: Resolved,
  what: string,
): E {
  if (endpoint) return endpoint;
  throw new UnsupportedParamsError(
    `${connection.provider}/${model}: ${provider.info.label} has no ${what} endpoint.`,
    { provider: connection.provider, model, param: "model" },
  );
}

export async function askWhole<Request extends { model: string }, Data extends { model: string }>(
  client: ClientContext,
  request: Request,
  call: CallInternals,
  { endpointOf, checked, usageOf }: Whole<Request, Data>,
): Promise<Data & Told> {
  const resolved = await client.registry.resolve(request.model, call);
  const { connection, model } = resolved;
  const endpoint = endpointOf(resolved);
  const onUnsupported = call.options.onUnsupported ?? "warn";
  const plan = endpoint.plan(request, { connection, model, onUnsupported });
  client.warn(call, plan);
  requireReachable(resolved);
  return attempt(call, plan, resolved, async (received) => {
    const body = await readBody(received);
    const data = reading(received, body, () => checked(endpoint.parse(body, plan), request, plan));
    const used = { ...unanswered(plan, usageOf(data)), model: data.model };
    const cost = await priceTry(received, used);
    return {
      ...data,
      ...(cost && { cost }),
      provider: plan.provider,
      warnings: [...call.warnings, ...plan.changes],
      attempts: call.attempts,
    };
  });
}
