/** `countTokens(request)`: the prompt's tokens, estimated here or counted by the provider. */
import type { AnyRequest, CallInternals } from "./call.ts";
import { contextOf, type PolycallClient } from "./client.ts";
import type { ClientContext } from "./client-context.ts";
import { attempt, settled } from "./completion.ts";
import { openCompletion } from "./door.ts";
import { InvalidRequestError, UnsupportedParamsError } from "./errors.ts";
import { onion } from "./plugin.ts";
import { notAReply, readBody } from "./read.ts";
import { requireReachable } from "./resolve.ts";
import type { TokenCount } from "./types/forecast.ts";
import type { CompletionInput, PolycallReply } from "./types/input.ts";
import type { CompletionRequest } from "./types/request.ts";

export interface CountOptions {
  /** Default "estimate": no network, no key. "provider" asks its endpoint, where it has one. */
  source?: "estimate" | "provider";
}

export interface CountedTokens extends TokenCount {
  source: "estimate" | "provider";
}

/**
 * Tokens of a request's prompt: an estimate with its error, or the provider's own count.
 * @param of made by `createClient()`
 * @throws UnsupportedParamsError where the provider has no endpoint that counts
 */
export async function countTokens(
  of: PolycallClient,
  input: CompletionInput,
  { source = "estimate" }: CountOptions = {},
): Promise<CountedTokens> {
  const client = contextOf(of);
  if (source !== "estimate" && source !== "provider") {
    throw new InvalidRequestError(`source must be "estimate" or "provider", not "${source}".`, {
      param: "source",
    });
  }
  const { request, options, warnings } = openCompletion(input);
  const call = client.call("completion", request.model, options, warnings);
  if (source === "estimate") {
    const [provider, model] = client.registry.split(request.model);
    const forecast = (await call.pricing?.())?.forecast?.(provider, model, request);
    if (forecast) return { ...forecast.tokens, source };
    throw new UnsupportedParamsError(
      `${request.model}: this client cannot estimate tokens. Use polycall's createClient, or source: "provider".`,
      { provider, model, param: "source" },
    );
  }
  // A plugin knows replies; a number passes through those that try again.
  const core = (inner: AnyRequest) =>
    once(client, inner as CompletionRequest, call) as Promise<unknown> as Promise<PolycallReply>;
  const run = onion(client.requestPlugins, core, call);
  const tokens = (await settled(run(request), call)) as unknown as number;
  return { tokens, error: 0, source };
}

async function once(
  client: ClientContext,
  request: CompletionRequest,
  call: CallInternals,
): Promise<number> {
  const resolved = await client.registry.resolve(request.model, call);
  const { provider, connection, model } = resolved;
  const endpoint = provider.countTokens;
  if (!endpoint) {
    throw new UnsupportedParamsError(
      `${connection.provider}/${model}: ${provider.info.label} has no endpoint that counts tokens. Use source: "estimate".`,
      { provider: connection.provider, model, param: "source" },
    );
  }
  const onUnsupported = call.options.onUnsupported ?? "warn";
  const plan = endpoint.plan({ ...request, stream: false }, { connection, model, onUnsupported });
  requireReachable(resolved);
  return attempt(call, plan, resolved, async (received) => {
    const body = await readBody(received);
    const tokens = endpoint.parse(body);
    if (Number.isSafeInteger(tokens) && tokens! >= 0) return tokens!;
    throw notAReply(received, JSON.stringify(body), "says no number of tokens");
  });
}
