/** Mends a request that was refused for a parameter, sends it again, and remembers what helped. */
import type { CallInternals } from "../call.ts";
import type { ClientContext } from "../client-context.ts";
import { type APIError, BadRequestError, UnprocessableEntityError } from "../errors.ts";
import { isMeaning } from "../lacking.ts";
import { params as knownParams } from "../params.ts";
import type { Next } from "../plugin.ts";
import type { PolycallReply } from "../types/input.ts";
import type { AssistantMessage, Message } from "../types/messages.ts";
import type { CompletionRequest } from "../types/request.ts";
import { complaints, ourNames, type Remedy } from "./complaints.ts";
import type { LearnedLayer } from "./fit.ts";
import type { ParamFact } from "./layers.ts";

/** Each further one costs a request; a service that complains of one parameter at a time has few. */
const mostRemedies = 3;

/** What the plans send although nobody asked. */
const sentUnasked: ReadonlySet<string> = new Set(["stream_options", "store"]);

/**
 * @param error the refusal
 * @throws the refusal itself where nothing helps; a later failure of another kind (a limit, an abort)
 *   as it is, so that it can be retried
 */
export async function healed(
  error: APIError,
  request: CompletionRequest,
  next: Next,
  call: CallInternals,
  client: ClientContext,
): Promise<PolycallReply> {
  const trial: LearnedLayer[] = [];
  const tried = new Set<string>();
  const said = call.warnings.length;
  let mended = request;
  let last = error;
  try {
    while (tried.size < mostRemedies) {
      const remedy = remedyFor(last, mended);
      const name = remedy && nameOf(remedy);
      if (!remedy || tried.has(name!)) break;
      if (call.options.onUnsupported === "error") {
        error.message += ` (onUnsupported is "error": it was not sent again, ${name}.)`;
        break;
      }
      tried.add(name!);
      if ("params" in remedy) trial.push(await layerOf(remedy, last, mended, call, client));
      else mended = withoutState(mended, last, call);
      call.trial = trial;
      call.logger.info(`${request.model} is sent again, ${name}: ${last.message}`);
      try {
        const reply = await next(mended);
        await remember(trial, request, call, client);
        return reply;
      } catch (second) {
        if (!isRefusal(second)) {
          call.warnings.length = said;
          throw second;
        }
        last = second;
      }
    }
  } finally {
    call.trial = undefined;
  }
  call.warnings.length = said;
  throw error;
}

/** A refusal that may be about a parameter: their subclasses are about something else. */
export function isRefusal(error: unknown): error is APIError {
  if (!(error instanceof BadRequestError || error instanceof UnprocessableEntityError))
    return false;
  return error.name === "BadRequestError" || error.name === "UnprocessableEntityError";
}

function nameOf(remedy: Remedy): string {
  if (!("params" in remedy)) return "without the reasoning state of its history";
  const names = Object.keys(remedy.params).join(" and ");
  return remedy.id === "healed/drop" ? `without ${names}` : `with another ${names}`;
}

/** What may be done about it: never a meaning, never what the caller wrote into `extra_body`. */
function remedyFor(error: APIError, request: CompletionRequest): Remedy | undefined {
  const { message, code = "", param } = error;
  for (const { words, code: codes, remedy } of complaints) {
    const found = words ? words.exec(message) : codes!.test(code) ? [] : undefined;
    if (!found) continue;
    const asked = remedy(found, param);
    if (!asked) return undefined;
    if (!("params" in asked)) return hasState(request) ? asked : undefined;
    const params: { [param: string]: ParamFact } = {};
    for (const [wireName, fact] of Object.entries(asked.params)) {
      const name = ourNameOf(wireName, request);
      if (!name || !mayBend(name, fact)) continue;
      // A rename is of what was sent, which may be the adapter's word for what was asked.
      const isRename = typeof fact === "object" && fact.name !== undefined;
      params[isRename ? wireName : name] = fact;
    }
    return Object.keys(params).length ? { ...asked, params } : undefined;
  }
  return undefined;
}

/** OpenAI's name of a parameter that this request has. */
function ourNameOf(wireName: string, request: CompletionRequest): string | undefined {
  const asked = request as unknown as { readonly [param: string]: unknown };
  let name = Object.hasOwn(ourNames, wireName) ? ourNames[wireName]! : wireName;
  if (name === "reasoning_effort" && asked.reasoning_effort == null) name = "thinking";
  else if (name === "thinking" && asked.thinking == null) name = "reasoning_effort";
  if (name === "max_tokens" && asked.max_tokens == null) name = "max_completion_tokens";
  if (!Object.hasOwn(knownParams, name)) return undefined;
  if (Object.hasOwn(request.extra_body ?? {}, wireName)) return undefined;
  return asked[name] != null || sentUnasked.has(name) ? name : undefined;
}

/** A bound may be lowered or renamed, no other meaning touched. */
function mayBend(name: string, fact: ParamFact): boolean {
  if (!isMeaning(name)) return true;
  return /^max_/.test(name) && typeof fact === "object";
}

async function layerOf(
  { id, params, facts, once }: Extract<Remedy, { params: object }>,
  error: APIError,
  request: CompletionRequest,
  call: CallInternals,
  client: ClientContext,
): Promise<LearnedLayer> {
  const { provider } = await client.registry.resolve(request.model, call);
  const shape = provider.capabilities?.shape ?? {};
  const isKnown = facts && Object.keys(facts).every((fact) => Object.hasOwn(shape, fact));
  return {
    layer: "learned",
    of: request.model,
    facts: isKnown ? facts : { params },
    source: error.message.slice(0, 300),
    date: new Date().toISOString().slice(0, 10),
    rule: id,
    ...(once && !isKnown && { once }),
  };
}

async function remember(
  trial: readonly LearnedLayer[],
  request: CompletionRequest,
  call: CallInternals,
  client: ClientContext,
): Promise<void> {
  const lasting = trial.filter(({ once }) => !once);
  if (!lasting.length) return;
  const book = await client.openBook();
  const resolved = await client.registry.resolve(request.model, call);
  await book.learn(resolved, lasting, call.logger);
}

const stateKeys = ["provider_state", "thinking_blocks", "reasoning_details"] as const;

function hasState({ messages }: CompletionRequest): boolean {
  return messages.some((message) => message !== withoutOwn(message));
}

/** The same message where it has no state. */
function withoutOwn(message: Message): Message {
  const calls = (message as AssistantMessage).tool_calls;
  const isSigned = calls?.some((call) => "extra_content" in call);
  if (!isSigned && !stateKeys.some((key) => key in message)) return message;
  const { provider_state, thinking_blocks, reasoning_details, ...rest } =
    message as AssistantMessage & { reasoning_details?: unknown };
  if (!isSigned) return rest;
  return { ...rest, tool_calls: calls!.map((call) => ({ ...call, extra_content: undefined })) };
}

/** The request without what only the model that made it can read; text and calls stay. */
function withoutState(
  request: CompletionRequest,
  error: APIError,
  call: CallInternals,
): CompletionRequest {
  call.warnings.push({
    param: "messages",
    action: "repaired",
    reason: `sent again without the reasoning state of the history: ${error.message.slice(0, 300)}`,
    rule: "healed/strip-reasoning-state",
  });
  return { ...request, messages: request.messages.map(withoutOwn) };
}
