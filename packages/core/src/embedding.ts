/** `embedding()`: the same story for vectors: batches within the provider's limit, in order, checked. */
import type { AnyRequest, CallInternals } from "./call.ts";
import type { ClientContext } from "./client-context.ts";
import { settled } from "./completion.ts";
import { openEmbedding } from "./door.ts";
import { APIResponseValidationError } from "./errors.ts";
import { onion } from "./plugin.ts";
import type { EmbeddingEndpoint, Plan } from "./provider.ts";
import type { Resolved } from "./resolve.ts";
import { costOfCall, sumOfCosts } from "./spent.ts";
import type { EmbeddingData } from "./types/embedding.ts";
import type { EmbeddingInput, Embeddings } from "./types/input.ts";
import type { EmbeddingRequest } from "./types/request.ts";
import { askWhole, required, type Whole } from "./whole.ts";

/** `embedding()` of one client. All batches are one model's: vectors of two do not compare. */
export async function embed(client: ClientContext, input: EmbeddingInput): Promise<Embeddings> {
  const { request, options, warnings } = openEmbedding(input);
  const call = client.call("embedding", request.model, options, warnings);
  const core = (inner: AnyRequest) => batches(client, inner as EmbeddingRequest, call);
  const run = onion(client.plugins, core, call);
  return (await settled(run(request), call)) as Embeddings;
}

/** One model's vectors, in as many requests as it takes; each may be retried alone. */
async function batches(
  client: ClientContext,
  request: EmbeddingRequest,
  call: CallInternals,
): Promise<Embeddings> {
  const resolved = await client.registry.resolve(request.model, call);
  const { maxInputs: most } = endpointOf(resolved);
  const maxInputs = typeof most === "number" ? most : most(resolved.model);
  const core = (inner: AnyRequest) => askWhole(client, inner as EmbeddingRequest, call, whole);
  const run = onion(client.requestPlugins, core, call);
  const before = call.attempts.length;
  const replies: Embeddings[] = [];
  for (let i = 0; i < request.input.length; i += maxInputs) {
    const batch = { ...request, input: request.input.slice(i, i + maxInputs) };
    replies.push((await run(batch)) as Embeddings);
  }
  const own = call.attempts.slice(before).filter(({ error }) => !error);
  const { cost: _, ...reply } = joined(replies, request.model);
  const cost = sumOfCosts(replies.map(({ cost }) => cost));
  return { ...reply, ...costOfCall(cost, own, call.attempts) };
}

const endpointOf = (resolved: Resolved): EmbeddingEndpoint =>
  required(resolved.provider.embedding, resolved, "embeddings");

const whole: Whole<EmbeddingRequest, EmbeddingData> = {
  endpointOf,
  checked,
  usageOf: ({ usage }) => usage && { ...usage, completion_tokens: 0 },
};

/** As many vectors as texts, each as long as asked and all as long as each other, of numbers. */
function checked(
  reply: EmbeddingData,
  request: EmbeddingRequest,
  { provider, model }: Plan,
): EmbeddingData {
  const { data } = reply;
  const fail = (what: string) =>
    new APIResponseValidationError(`${provider}/${model}: ${what}.`, { provider, model });
  const { length } = request.input;
  if (data.length !== length) throw fail(`${data.length} vectors came for ${length} texts`);
  const dimensions = request.dimensions ?? data[0]?.embedding.length;
  data.forEach(({ index, embedding }, i) => {
    if (index !== i) throw fail(`vector ${i} came as number ${index}`);
    if (!embedding.length || embedding.length !== dimensions) {
      throw fail(`vector ${i} has ${embedding.length} dimensions, not ${dimensions || "any"}`);
    }
    if (!embedding.every(Number.isFinite)) throw fail(`vector ${i} holds something not a number`);
  });
  return reply;
}

function joined(replies: readonly Embeddings[], model: string): Embeddings {
  const [first] = replies;
  if (replies.length === 1) return first!;
  const lengths = new Set(replies.map(({ data }) => data[0]!.embedding.length));
  if (lengths.size > 1) {
    const said = [...lengths].join(" and ");
    throw new APIResponseValidationError(`${model}: vectors of ${said} dimensions came.`);
  }
  const data = replies.flatMap((reply) => reply.data).map((row, index) => ({ ...row, index }));
  const sum = (name: "prompt_tokens" | "total_tokens") =>
    replies.reduce((total, reply) => total + (reply.usage?.[name] ?? Number.NaN), 0);
  const usage = { prompt_tokens: sum("prompt_tokens"), total_tokens: sum("total_tokens") };
  const { usage: _, ...head } = first!;
  return { ...head, data, ...(Number.isFinite(usage.total_tokens) && { usage }) };
}
