/** A streamed reply: pulled chunk by chunk, folded on the way into the whole reply. */
import { checkChunks } from "./check-reply.ts";
import { connectionError } from "./connection-error.ts";
import {
  APIConnectionError,
  APIError,
  APIUserAbortError,
  type Attempt,
  PolycallError,
} from "./errors.ts";
import { finish, type Schemas } from "./finish.ts";
import { EventReader } from "./framing.ts";
import { type Decoder, ReplyFailure } from "./provider.ts";
import { notAReply, type Received, readReply, refusal } from "./read.ts";
import { redact } from "./redact.ts";
import { priceTry, unanswered } from "./spent.ts";
import { encoderOf, type ResponseOptions, respond } from "./sse/respond.ts";
import type { Change, CompletionChunk } from "./types/completion.ts";
import type { Completion, ToolInput } from "./types/input.ts";

/** How long the end of the bytes may lag behind the provider's "done" before the socket is closed. */
const lingerMs = 1000;

/** How long a reply that is done may still owe its usage, where only the end of the bytes says the end. */
const owedMs = 3000;

/**
 * An async iterable of OpenAI chunks, read once. Leaving the loop, `cancel()` or the call's signal
 * closes the connection. After the loop, or instead of it, `final()` gives the whole reply.
 */
export class CompletionStream<
  Format = undefined,
  Tools extends readonly ToolInput[] = readonly ToolInput[],
> implements AsyncIterable<CompletionChunk>
{
  readonly provider: string;
  /** What was changed so that this model could take the request. */
  readonly warnings: Change[];
  readonly attempts: Attempt[];
  readonly #received: Received;
  readonly #schemas: Schemas;
  readonly #decoder: Decoder;
  readonly #reader: EventReader;
  #ready: readonly CompletionChunk[] = [];
  #at = 0;
  #opened = false;
  #ended = false;
  #error: unknown;
  /** What a broken reply had cost. */
  #priced: Promise<unknown> | undefined;
  #iterating = false;
  #pulling: Promise<boolean> | undefined;
  #final: Promise<Completion<Format, Tools>> | undefined;

  /** Made by `completion()`. */
  constructor(received: Received, schemas: Schemas) {
    const { provider, plan, call } = received;
    this.provider = plan.provider;
    this.warnings = [...call.warnings, ...plan.changes];
    this.attempts = call.attempts;
    this.#received = received;
    this.#schemas = schemas;
    this.#decoder = provider.decoder(plan);
    this.#reader = new EventReader(received.response, plan.framing);
  }

  /** Reads up to the first chunk, so that an error at the head is the call's own error. */
  async open(): Promise<this> {
    await this.#fill();
    this.#opened = true;
    return this;
  }

  /** Chunks, once: a stream cannot be read twice. */
  [Symbol.asyncIterator](): AsyncIterator<CompletionChunk> {
    if (this.#iterating || this.#final) {
      throw new PolycallError("A stream is read once. Use final() for the whole reply.");
    }
    this.#iterating = true;
    return {
      next: () =>
        this.#decode() ? Promise.resolve({ value: this.#take(), done: false }) : this.#next(),
      return: async () => {
        this.cancel();
        return { value: undefined, done: true };
      },
    };
  }

  /** The text as it comes: the first choice's `delta.content`. Reads the stream as the loop does. */
  get textStream(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => textOf(this[Symbol.asyncIterator]()) };
  }

  /**
   * The whole reply, equal to that of the same call without `stream`. Reads what is left; a loop or
   * response that is under way still gets every chunk.
   * @throws what broke the stream, with `error.partial`; SchemaValidationError
   */
  final(): Promise<Completion<Format, Tools>> {
    this.#final ??= this.#finish();
    return this.#final;
  }

  /** Closes the connection; the provider stops generating. Harmless when the stream has ended. */
  cancel(): void {
    if (this.#ended) return;
    const { plan } = this.#received;
    this.#fail(new APIUserAbortError(`${plan.provider}/${plan.model}: the stream was left early.`));
  }

  /**
   * The stream as an HTTP response of server-sent events, for a web framework to return: in OpenAI's
   * format, or the AI SDK's. A client that goes away cancels the provider's call. An error after the
   * head is an event.
   * @throws InvalidRequestError for a format that there is none of
   */
  toResponse(init: ResponseOptions = {}): Response {
    const encoder = encoderOf(init.format);
    return respond(this, encoder, init, () => this.cancel());
  }

  /** Decodes what has arrived until a chunk is ready; false when more bytes are needed, or none come. */
  #decode(): boolean {
    while (this.#at >= this.#ready.length) if (!this.#decodeEvent()) return false;
    return true;
  }

  /** Decodes the next event, if it has arrived. */
  #decodeEvent(): boolean {
    const event = this.#ended ? undefined : this.#reader.next();
    if (!event) return false;
    if (event.data === "[DONE]") {
      this.#close();
      return true;
    }
    try {
      this.#add(checkChunks(this.#decoder.decode(JSON.parse(event.data), event.event)));
      return true;
    } catch (error) {
      this.#fail(this.#broken(error, event.data));
      return false;
    }
  }

  /** Chunks for whoever reads next; those of a loop that final() has overtaken wait before them. */
  #add(chunks: readonly CompletionChunk[]): void {
    this.#ready = this.#at < this.#ready.length ? this.#ready.concat(chunks) : chunks;
    if (this.#ready === chunks) this.#at = 0;
  }

  #take(): CompletionChunk {
    const chunk = this.#ready[this.#at++]!;
    try {
      for (const see of this.#received.call.chunkListeners) see(chunk);
    } catch (error) {
      this.cancel();
      throw error;
    }
    return chunk;
  }

  async #next(): Promise<IteratorResult<CompletionChunk>> {
    while (await this.#fill()) {
      if (this.#decode()) return { value: this.#take(), done: false };
    }
    return { value: undefined, done: true };
  }

  /** Reads until a chunk is ready; false at the end. Throws what broke the stream. */
  async #fill(): Promise<boolean> {
    while (!this.#decode()) {
      if (this.#error) await this.#throw();
      if (this.#ended) return false;
      await this.#read();
    }
    return true;
  }

  /** Waits for more bytes and says what their end means. */
  async #read(): Promise<void> {
    try {
      // The transport is read once at a time, however many wait: a loop, a response, final().
      this.#pulling ??= this.#pull();
      if (await this.#pulling) return;
    } catch (error) {
      if (this.#ended) return;
      if (!this.#decoder.done) {
        this.#fail(connectionError(error, this.#received.plan, this.#received.secrets));
        return;
      }
    }
    this.#bytesEnded();
  }

  async #pull(): Promise<boolean> {
    const { response } = this.#received;
    const timer = this.#decoder.done ? setTimeout(() => response.cancel(), owedMs) : undefined;
    try {
      return await this.#reader.pull();
    } finally {
      clearTimeout(timer);
      this.#pulling = undefined;
    }
  }

  #bytesEnded(): void {
    if (this.#ended) return;
    if (this.#decoder.done) {
      this.#close();
      return;
    }
    const { plan } = this.#received;
    const name = `${plan.provider}/${plan.model}`;
    const info = { provider: plan.provider, model: plan.model, phase: "body" };
    const nothing = this.#decoder.body() === undefined;
    this.#fail(
      nothing
        ? notAReply(this.#received, "", `holds no ${plan.framing === "sse" ? "event" : "line"}`)
        : new APIConnectionError(`${name}: the stream broke off before its end.`, info),
    );
  }

  /** The provider has said that it is done: what is still owed comes out, the socket goes back. */
  #close(): void {
    try {
      this.#add(this.#decoder.end());
    } catch (error) {
      this.#fail(this.#broken(error, ""));
      return;
    }
    void this.#drain();
    this.#end(undefined);
  }

  /** Reads to the end of the bytes so that the connection can be used again, if that is soon. */
  async #drain(): Promise<void> {
    const { response } = this.#received;
    const timer = setTimeout(() => response.cancel(), lingerMs);
    (timer as { unref?: () => void }).unref?.();
    try {
      while (await response.read()) {}
    } catch {
      // Everything that was promised has come; how the connection ends changes nothing.
    }
    clearTimeout(timer);
  }

  #fail(error: unknown): void {
    this.#error = error;
    this.#ready = [];
    this.#at = 0;
    this.#received.response.cancel();
    if (error instanceof PolycallError) {
      const { name, message } = error;
      this.#received.note.error = { name, message };
      error.attempts ??= this.attempts;
      this.#priceBroken(error);
    }
    this.#end(error);
  }

  /** The tokens of a reply that failed are counted where it says so; of one that broke, as far as it came. */
  #priceBroken(error: PolycallError): void {
    const { note, plan } = this.#received;
    const body = this.#decoder.body();
    const counted = note.usage;
    let reply = unanswered(plan, undefined);
    try {
      reply = readReply(this.#received, body);
      // As in a chunk: nobody has said why it ended.
      if (!this.#decoder.done) for (const c of reply.choices) c.finish_reason = null as never;
      error.partial ??= reply;
    } catch {
      // Too little had come to be read as a reply.
    }
    const isRefusal = body === undefined && error instanceof APIError;
    if (!counted && !isRefusal) note.uncounted = true;
    const usage = counted ?? reply.usage;
    if (usage) this.#priced = priceTry(this.#received, { ...reply, usage });
  }

  #end(error: unknown): void {
    this.#ended = true;
    const { call, response, secrets } = this.#received;
    call.logger.debug(() => {
      const body = JSON.stringify(this.#decoder.body())?.slice(0, 20_000) ?? "";
      const broken = error ? ` (${(error as Error).message})` : "";
      return `<- ${response.status} ${redact(body + broken, secrets)}`;
    });
    // What breaks at its head is the call's error, and may be tried again: no stream was handed out.
    if (error && !this.#opened) return;
    for (const tell of call.endListeners) tell(error);
  }

  #broken(error: unknown, data: string): unknown {
    if (error instanceof ReplyFailure) {
      this.#received.note.usage = error.usage;
      return refusal(this.#received, error.body, JSON.stringify(error.body) ?? "");
    }
    if (error instanceof PolycallError) return error;
    const why =
      error instanceof SyntaxError
        ? "holds malformed JSON"
        : `holds an event that cannot be read (${(error as Error).message})`;
    return notAReply(this.#received, data, why);
  }

  /** Reads to the end and leaves the chunks to the loop that is under way. */
  async #overtake(): Promise<void> {
    while (!this.#ended) if (!this.#decodeEvent() && !this.#ended) await this.#read();
    if (this.#error) await this.#throw();
  }

  async #throw(): Promise<never> {
    await this.#priced;
    throw this.#error;
  }

  async #finish(): Promise<Completion<Format, Tools>> {
    if (this.#iterating) await this.#overtake();
    // A cancel() may have come between.
    else while (await this.#fill()) if (this.#decode()) this.#take();
    const body = this.#decoder.body();
    const data = readReply(this.#received, body);
    const cost = await priceTry(this.#received, data);
    const finished = { ...this.#received, data, raw: body, cost, schemas: this.#schemas };
    const reply = await finish(finished);
    return reply as unknown as Completion<Format, Tools>;
  }
}

/** No generator: one that is left before its first text would not close the stream. */
function textOf(chunks: AsyncIterator<CompletionChunk>): AsyncIterator<string> {
  return {
    async return() {
      await chunks.return?.();
      return { value: undefined, done: true };
    },
    async next() {
      for (;;) {
        const step = await chunks.next();
        if (step.done) return step;
        const text = step.value.choices.find(({ index }) => index === 0)?.delta.content;
        if (text) return { value: text, done: false };
      }
    },
  };
}
