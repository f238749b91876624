/** Step 6 of a call: the provider's reply gets what polycall adds: parsed output, typed calls, cost. */
import type { CallInternals } from "./call.ts";
import { PolycallError, SchemaValidationError } from "./errors.ts";
import type { Plan } from "./provider.ts";
import { parseJsonReply } from "./schema/json-text.ts";
import { type StandardSchema, toJsonSchema } from "./schema/standard.ts";
import { issuesOf, validate } from "./schema/validate.ts";
import { costOfCall, type Try } from "./spent.ts";
import type { AnyTool } from "./tool.ts";
import { parseToolArguments } from "./tool-args.ts";
import type { CacheReport } from "./types/caching.ts";
import type { CompletionData, Cost } from "./types/completion.ts";
import type { Completion, InvalidToolCall } from "./types/input.ts";

/** What the caller gave that is not JSON: needed to read the reply, never sent. */
export interface Schemas {
  readonly format?: StandardSchema;
  /** Whether the reply should be JSON at all. */
  readonly json: boolean;
  readonly tools: ReadonlyMap<string, AnyTool>;
}

export interface Finished extends Try {
  readonly data: CompletionData;
  readonly raw: unknown;
  /** Of this reply alone. */
  readonly cost: Cost | undefined;
  readonly schemas: Schemas;
}

/**
 * The reply as the caller gets it.
 * @throws SchemaValidationError when the text does not fit the schema; `error.reply` holds the reply
 */
export async function finish(finished: Finished): Promise<Completion> {
  const { data, raw, plan, call, note, cost, schemas } = finished;
  const message = data.choices[0]?.message;
  const text = message?.content ?? "";
  const { toolCalls, invalidToolCalls } = await typedCalls(data, schemas);
  const reply = {
    ...data,
    text,
    parsed: undefined as unknown,
    toolCalls,
    invalidToolCalls,
    ...costOfCall(cost, [note], call.attempts),
    ...(await cacheOf(data, plan, call)),
    provider: plan.provider,
    warnings: [...call.warnings, ...plan.changes],
    attempts: call.attempts,
  } as Completion;
  Object.defineProperty(reply, "raw", { value: raw });
  Object.defineProperty(reply, "toJSON", { value: () => data });
  const wantsJson = schemas.json && !message?.tool_calls?.length;
  if (wantsJson) (reply as { parsed: unknown }).parsed = await parsed(reply, schemas.format, plan);
  return reply;
}

/** What the prompt cache did, where usage speaks of one. No report is worth a failed call, either. */
async function cacheOf(
  data: CompletionData,
  plan: Plan,
  { promptCaches, client, logger }: CallInternals,
): Promise<{ cache?: CacheReport }> {
  try {
    const details = data.usage?.prompt_tokens_details;
    const cache = details && (await promptCaches?.())?.report(plan, data, client, logger);
    return cache ? { cache } : {};
  } catch {
    return {};
  }
}

async function typedCalls(data: CompletionData, schemas: Schemas) {
  const toolCalls: Completion["toolCalls"] = [];
  const invalidToolCalls: InvalidToolCall[] = [];
  for (const call of data.choices[0]?.message.tool_calls ?? []) {
    const { id } = call;
    if (call.type === "custom") {
      toolCalls.push({ id, name: call.custom.name, args: call.custom.input });
      continue;
    }
    const { name, arguments: text } = call.function;
    const read = await parseToolArguments(text, schemas.tools.get(name));
    if ("error" in read) invalidToolCalls.push({ id, name, text, message: read.error });
    else toolCalls.push({ id, name, args: read.args });
  }
  return { toolCalls, invalidToolCalls };
}

async function parsed(
  reply: Completion,
  format: StandardSchema | undefined,
  plan: Plan,
): Promise<unknown> {
  const { provider, model } = plan;
  const choice = reply.choices[0];
  const fail = (why: string, issues?: { path: string; message: string }[], cause?: unknown) =>
    new SchemaValidationError(`${provider}/${model}: ${why}`, {
      provider,
      model,
      issues,
      text: reply.text,
      reply,
      cause,
    });
  if (choice?.message.refusal) throw fail(`the model refused: ${choice.message.refusal}`);
  if (choice?.finish_reason === "content_filter") throw fail("the reply was filtered.");
  let value: unknown;
  try {
    value = parseJsonReply(reply.text);
  } catch (error) {
    const cut = choice?.finish_reason === "length" ? " It was cut: raise max_tokens." : "";
    const said = error instanceof PolycallError ? error.message : String(error);
    throw fail(`the reply is not the JSON asked for: ${said}${cut}`, undefined, error);
  }
  if (!format) return value;
  const { result } = await validate(format, value, toJsonSchema(format));
  if (!result.issues) return result.value;
  const issues = issuesOf(result.issues);
  const list = issues.map(({ path, message }) => `${path || "(root)"}: ${message}`);
  throw fail(`the reply does not fit the schema: ${list.slice(0, 5).join("; ")}`, issues);
}
