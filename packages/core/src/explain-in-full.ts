/** What `explain()` tells beside the plan: its tokens, its cost, and the request for a shell. Apart: a client is smaller without. */
import type { CallInternals } from "./call.ts";
import { contextOf, type PolycallClient } from "./client.ts";
import { exchange } from "./exchange.ts";
import { type Explanation, explain } from "./explain.ts";
import type { Plan } from "./provider.ts";
import { hasSecretName, redact, secretsOf } from "./redact.ts";
import { environment, type Resolved } from "./resolve.ts";
import { servedBy } from "./spent.ts";
import type { TransportRequest, TransportResponse } from "./transport/types.ts";
import type { SentRequest } from "./types/forecast.ts";
import type { CompletionInput } from "./types/input.ts";

/** `explain()` of a client, and what its pricing knows of the plan: none of that is worth a failed call. */
export async function explainInFull(
  client: PolycallClient,
  input: CompletionInput,
): Promise<Explanation> {
  const { explanation, plan, request, resolved, call } = await explain(contextOf(client), input);
  try {
    const pricing = await call.pricing?.();
    if (!pricing?.describe) return explanation;
    const served = servedBy(plan, resolved.connection);
    const sent = await wouldSend(plan, resolved, call);
    return { ...explanation, ...pricing.describe({ plan, request, served, sent }) };
  } catch {
    return explanation;
  }
}

/** Stands where no key is known. */
const noKey = "polycall-has-no-key";

/** What the SDK would send, taken from it before it is: secrets become variables of a shell. */
async function wouldSend(
  plan: Plan,
  { provider, connection }: Resolved,
  call: CallInternals,
): Promise<SentRequest> {
  const { tokenCommand, keyOptional, apiKeyEnv = [] } = provider.info;
  const key = connection.apiKey ?? noKey;
  const signsIn = tokenCommand && !connection.apiKey;
  const variable = apiKeyEnv.find(environment) ?? apiKeyEnv[0] ?? "API_KEY";
  const signed = signsIn ? `$(${tokenCommand})` : `$${variable}`;
  const taken: TransportRequest[] = [];
  const transport = async (request: TransportRequest) => {
    taken.push(request);
    return { status: 200, ok: true } as TransportResponse;
  };
  const own = connection.apiKey || keyOptional ? connection : { ...connection, apiKey: key };
  const logger = { ...call.logger, debug() {} };
  if (!signsIn) {
    await exchange(provider, plan, { connection: own }, { ...call, transport, logger });
  }
  const unsigned = {
    url: `${plan.baseURL ?? connection.baseURL}${plan.path}`,
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${key}`,
      ...connection.headers,
      ...plan.headers,
    },
    body: JSON.stringify(plan.body),
  };
  const { url, headers, body } = taken[0] ?? unsigned;
  const secrets = secretsOf(connection);
  return {
    url: redact(url, secrets),
    headers: Object.entries(headers).map(([name, value]) => {
      if (value.endsWith(key)) return { name, value: value.slice(0, -key.length), secret: signed };
      if (!hasSecretName(name)) return { name, value: redact(value, secrets) };
      return { name, value: "", secret: `$${name.toUpperCase().replaceAll(/\W/g, "_")}` };
    }),
    body: redact(String(body), secrets),
    stream: plan.stream,
  };
}
