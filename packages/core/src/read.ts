/** Step 5 of a call: the bytes of a reply as the provider's JSON, or as one of our errors. */
import { checkReply } from "./check-reply.ts";
import { connectionError } from "./connection-error.ts";
import {
  APIConnectionError,
  APIError,
  APIResponseValidationError,
  PolycallError,
} from "./errors.ts";
import { type Failure, type Provider, ReplyFailure } from "./provider.ts";
import { redact } from "./redact.ts";
import type { Try } from "./spent.ts";
import type { TransportResponse } from "./transport/types.ts";
import type { CompletionData } from "./types/completion.ts";

/** A reply in hand: what every reading step needs to know of it. */
export interface Received extends Try {
  readonly provider: Provider;
  readonly response: TransportResponse;
  readonly secrets: readonly string[];
}

async function textOf({ response, plan, secrets, call }: Received): Promise<string> {
  try {
    const text = await response.text();
    call.logger.debug(() => `<- ${response.status} ${redact(text, secrets).slice(0, 20_000)}`);
    return text;
  } catch (error) {
    throw connectionError(error, plan, secrets);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The provider's refusal, whole body given, as one of our errors; secrets that it repeats are hidden. */
export function refusal(received: Received, body: unknown, text: string): PolycallError {
  const { provider, plan, response, secrets } = received;
  const clean = redact(text, secrets);
  const failure: Failure = {
    provider: plan.provider,
    model: plan.model,
    status: response.status,
    header: (name) => response.header(name),
    text: clean,
    body: clean === text ? body : parseJson(clean),
  };
  return provider.classify(failure);
}

/** A 2xx that is no reply: says what came instead. */
export function notAReply(received: Received, text: string, why: string): PolycallError {
  const { plan, response, secrets } = received;
  const clean = redact(text, secrets).trim();
  const type = response.header("content-type") ?? "no content type";
  const excerpt = clean.slice(0, 200);
  const came = excerpt ? `It began: ${excerpt}` : "It was empty.";
  return new APIResponseValidationError(
    `${plan.provider}/${plan.model}: the reply (${response.status}, ${type}) ${why}. ${came} Check the baseURL.`,
    {
      provider: plan.provider,
      model: plan.model,
      status: response.status,
      body: clean.slice(0, 2000),
    },
  );
}

/** A proxy that lets nobody through without a name: it answers itself where there is no TLS. */
function proxyRefusal({ plan, response }: Received): PolycallError | undefined {
  if (response.status !== 407) return undefined;
  const { provider, model } = plan;
  const advice = "Give it as HTTP_PROXY=http://NAME:PASSWORD@HOST:PORT.";
  const message = `${provider}/${model}: the proxy asks for a name and a password (407). ${advice}`;
  return new APIConnectionError(message, { provider, model, status: 407, phase: "connect" });
}

/** A redirect that names its goal: never followed, for the goal would get the key and the messages. */
function redirection({ plan, response, secrets }: Received): PolycallError | undefined {
  const { status } = response;
  const location = status >= 300 && status < 400 ? response.header("location") : undefined;
  const goal = location === undefined ? null : URL.parse(location, response.url);
  if (!goal) return undefined;
  const { provider, model } = plan;
  const to = redact(goal.origin + goal.pathname, secrets); // What stands behind the path may be a secret.
  const message = `${provider}/${model}: ${status}, a redirect to ${to}, which is not followed. If that is where the API is, set the baseURL to it.`;
  return new APIError(message, { provider, model, status });
}

/**
 * The whole JSON of a reply that is not streamed.
 * @throws the provider's refusal, or APIResponseValidationError
 */
export async function readBody(received: Received): Promise<unknown> {
  const text = await textOf(received);
  const body = parseJson(text);
  if (!received.response.ok) {
    throw redirection(received) ?? proxyRefusal(received) ?? refusal(received, body, text);
  }
  if (typeof body !== "object" || body === null) {
    throw notAReply(received, text, text.trim() ? "is not JSON" : "has no body");
  }
  return body;
}

/** The adapter's reading of a whole reply, or of the one that a stream was folded into. */
export function readReply(received: Received, body: unknown): CompletionData {
  const { provider, plan } = received;
  return reading(received, body, () => checkReply(provider.parse(body, plan)));
}

/**
 * Runs an adapter's reading of a body and turns "it says that it failed" into the right error.
 * What an adapter cannot read at all is no reply of this API.
 */
export function reading<T>(received: Received, body: unknown, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReplyFailure) {
      received.note.usage ??= error.usage;
      throw refusal(received, error.body, JSON.stringify(error.body) ?? "");
    }
    if (error instanceof PolycallError) throw error;
    const why = `is not this API's (${(error as Error).message})`;
    throw notAReply(received, JSON.stringify(body) ?? "", why);
  }
}
