/** The story of a call: plugins, resolve, plan, send, read, finish. */
import type { AnyRequest, CallInternals } from "./call.ts";
import type { ClientContext } from "./client-context.ts";
import { openCompletion } from "./door.ts";
import { type Attempt, InvalidRequestError, PolycallError } from "./errors.ts";
import { exchange } from "./exchange.ts";
import { finish, type Schemas } from "./finish.ts";
import { onion } from "./plugin.ts";
import type { Plan } from "./provider.ts";
import { notAReply, type Received, readBody, readReply, refusal } from "./read.ts";
import { secretsOf } from "./redact.ts";
import { type Resolved, requireReachable } from "./resolve.ts";
import { priceFailure, priceTry, servedBy, type Try } from "./spent.ts";
import { CompletionStream } from "./stream.ts";
import type { Completion, CompletionInput } from "./types/input.ts";
import type { CompletionRequest } from "./types/request.ts";

/** `completion()` of one client. */
export async function complete(
  client: ClientContext,
  input: CompletionInput,
): Promise<Completion | CompletionStream> {
  const { request, options, warnings, schemas } = openCompletion(input);
  const call = client.call("completion", request.model, options, warnings);

  // 1. plugins wrap all that follows
  const core = (inner: AnyRequest) => once(client, inner as CompletionRequest, call, schemas);
  const run = onion([...client.plugins, ...client.requestPlugins], core, call);
  return (await settled(run(request), call)) as Completion | CompletionStream;
}

/** One try: one model, one request on the wire. */
async function once(
  client: ClientContext,
  request: CompletionRequest,
  call: CallInternals,
  schemas: Schemas,
): Promise<Completion | CompletionStream> {
  // 2. resolve the model string
  const resolved = await client.registry.resolve(request.model, call);
  // 3. plan, without network
  const plan = await planCompletion(client, request, resolved, call);
  client.warn(call, plan);
  requireReachable(resolved);
  // 4. send
  return attempt(call, plan, resolved, async (received) => {
    // 5. read, 6. finish
    if (plan.stream && received.response.ok) return await openStream(received, schemas);
    const body = await readBody(received);
    const data = readReply(received, body);
    const cost = await priceTry(received, data);
    return await finish({ ...received, data, raw: body, cost, schemas });
  });
}

/** The adapter's plan: what is sent, in the provider's words. */
export async function planCompletion(
  client: ClientContext,
  request: CompletionRequest,
  resolved: Resolved,
  call: CallInternals,
): Promise<Plan> {
  const { connection, model } = resolved;
  const { onUnsupported = "warn", promptCaching } = call.options;
  const context = { connection, model, onUnsupported };
  const isTaught = client.book || call.trial;
  const provider = isTaught ? await client.taught(resolved, call) : resolved.provider;
  if (promptCaching === undefined) return provider.plan(request, context);
  const caches = await call.promptCaches?.();
  if (caches) return caches.plan(provider, request, context, promptCaching);
  const message = "promptCaching needs createClient({ promptCaches }), which polycall has.";
  throw new InvalidRequestError(message, { param: "promptCaching" });
}

async function openStream(received: Received, schemas: Schemas): Promise<CompletionStream> {
  const type = received.response.header("content-type") ?? "";
  if (/html|application\/json/.test(type)) {
    const body = await readBody(received);
    const text = JSON.stringify(body);
    if ("error" in (body as object)) throw refusal(received, body, text);
    throw notAReply(received, text, "is not a stream");
  }
  return await new CompletionStream(received, schemas).open();
}

/** One try: sends the plan, hands on what came, and writes down how it went. */
export async function attempt<T>(
  call: CallInternals,
  plan: Plan,
  resolved: Resolved,
  run: (received: Received) => Promise<T>,
): Promise<T> {
  const { provider, connection } = resolved;
  const note: Attempt = { provider: plan.provider, model: plan.model, ms: 0 };
  const one: Try = { note, plan, call, served: servedBy(plan, connection) };
  const start = performance.now();
  call.attempts.push(note);
  try {
    const response = await exchange(provider, plan, resolved, call);
    note.status = response.status;
    return await run({ ...one, provider, response, secrets: secretsOf(connection) });
  } catch (error) {
    const { name, message } = error as Error;
    note.error = { name, message };
    await priceFailure(one, error);
    throw error;
  } finally {
    note.ms = performance.now() - start;
  }
}

/** The result, or the error with every try on it. */
export async function settled<T>(result: Promise<T>, call: CallInternals): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof PolycallError) error.attempts ??= call.attempts;
    throw error;
  }
}
