/** toMarkdown(): reads a document, finds who converts it, and keeps the conversion within its bounds. */
import { APIUserAbortError, InvalidRequestError } from "@polycall/core";
import { Budget } from "./budget.ts";
import type {
  ConversionLimits,
  ConvertContext,
  Converter,
  Markdown,
  MarkdownStyle,
  Media,
} from "./converter.ts";
import { Deadline } from "./deadline.ts";
import { type DescribeOptions, describe } from "./describe.ts";
import { asDocumentError, DocumentError } from "./errors.ts";
import { identify, type Unidentified } from "./identify.ts";
import { type DocumentSource, load } from "./source.ts";
import type { Job } from "./thread/job.ts";
import { type Thread, takeThread } from "./thread/pool.ts";

export interface ToMarkdownOptions extends Partial<MarkdownStyle> {
  /** The document's name, where the source has none. */
  name?: string;
  /** Its media type, if you know it for certain; else it is told from the content. */
  mediaType?: string;
  /** The encoding of a text that is not UTF-8 and does not say so. */
  charset?: string;
  /** Where it is from: relative links are resolved against it. */
  url?: string;
  /** Yours; they come before ours. They run in this thread, so only their waiting can be cut short. */
  converters?: readonly Converter[];
  limits?: Partial<ConversionLimits>;
  signal?: AbortSignal;
  /** The model that reads pictures and sounds, in documents too; without one a picture is named only. */
  describe?: DescribeOptions;
  /** Reads URLs. Default: `guardedFetch()` of `@polycall/fetch`, which reaches public hosts only. */
  fetch?: typeof fetch;
}

/** What a conversion may take where `limits` does not say otherwise. */
export const defaultLimits: Readonly<ConversionLimits> = {
  maxBytes: 100_000_000,
  maxUnpackedBytes: 300_000_000,
  maxParts: 10_000,
  maxDepth: 3,
  timeout: 60_000,
  maxMemoryBytes: 1_000_000_000,
};

/**
 * Any document as Markdown: its headings, lists, tables and links kept.
 * @param source a path, an http(s) or file URL, or the bytes
 * @throws DocumentError whose `code` says why it could not be converted, within `limits.timeout`
 * @throws APIUserAbortError when `signal` aborts
 */
export async function toMarkdown(
  source: DocumentSource,
  options: ToMarkdownOptions = {},
): Promise<Markdown> {
  const limits = limitsOf(options.limits);
  const style: MarkdownStyle = {
    content: options.content ?? "all",
    tables: options.tables ?? "markdown",
    images: options.images ?? "reference",
  };
  using deadline = new Deadline(limits.timeout, options.signal);
  const { signal } = deadline;
  using work = new Conversion(options, limits, style, signal);
  const named =
    typeof source === "string" || source instanceof URL ? shown(String(source)) : undefined;
  const file = options.name ?? named;
  try {
    return await orAborted(work.whole(source), signal);
  } catch (error) {
    if (options.signal?.aborted) throw new APIUserAbortError();
    if (deadline.passed)
      throw new DocumentError(
        told(file, `It took longer than ${limits.timeout} ms (limits.timeout).`),
        { code: "timeout", ...(file && { file }) },
      );
    if (!(error instanceof DocumentError) || error.file) throw error;
    const { code, cause, message } = error;
    throw new DocumentError(told(file, message), { code, cause, ...(file && { file }) });
  }
}

/** @throws InvalidRequestError for one that is no number */
function limitsOf(own: Partial<ConversionLimits> = {}): ConversionLimits {
  const limits: ConversionLimits = { ...defaultLimits };
  for (const name of Object.keys(defaultLimits) as (keyof ConversionLimits)[]) {
    const value = own[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= 0)) {
      const message = `limits.${name} must be a number from 0, not ${value}.`;
      throw new InvalidRequestError(message, { param: `limits.${name}` });
    }
    limits[name] = value;
  }
  return limits;
}

/** A name as errors may tell it: without the password that a URL may hold. */
const shown = (name: string) => name.replace(/^(\w+:\/\/)[^/?#@]*@/, "$1…@");

function told(file: string | undefined, message: string): string {
  return file ? `${file}: ${message}` : message;
}

class Conversion {
  readonly #options: ToMarkdownOptions;
  readonly #limits: ConversionLimits;
  readonly #style: MarkdownStyle;
  readonly #signal: AbortSignal;
  readonly #budget: Budget;
  #thread: Thread | undefined;
  /** Calls that the thread has not answered. */
  #open = 0;

  constructor(
    options: ToMarkdownOptions,
    limits: ConversionLimits,
    style: MarkdownStyle,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#style = style;
    this.#signal = signal;
    this.#budget = new Budget(limits);
  }

  async whole(source: DocumentSource): Promise<Markdown> {
    const { maxBytes } = this.#limits;
    const { fetch, name, mediaType, charset, url } = this.#options;
    const loaded = await load(source, { maxBytes, fetch, signal: this.#signal });
    const given = {
      ...loaded,
      ...(name && { name }),
      ...(mediaType && { mediaType }),
      ...(charset && { charset }),
      ...(url && { url }),
    };
    return this.#convert(given, 0, mediaType !== undefined);
  }

  async #convert(
    file: Unidentified & { charset?: string; url?: string },
    depth: number,
    certain = false,
  ): Promise<Markdown> {
    const { mediaType, mine, row } = identify(file, this.#options.converters ?? [], certain);
    const identified = { ...file, mediaType };
    this.#signal.throwIfAborted();
    if (row && !row.here) {
      this.#thread ??= takeThread(this.#limits.maxMemoryBytes, {
        convert: (part: Unidentified, depth: number) => this.#convert(part, depth),
        describe: (media: Media) => this.#describe(media),
      });
      this.#open++;
      const result = await this.#thread.rpc
        .call<Markdown>("convert", identified, depth, this.#job())
        .finally(() => this.#open--);
      return result;
    }
    const converter = mine ?? (await row!.load());
    try {
      return await converter.convert(identified, this.#context(depth));
    } catch (error) {
      throw asDocumentError(error, (mine ?? row!).name);
    }
  }

  #job(): Job {
    const claims = (this.#options.converters ?? []).map(({ mediaTypes, extensions }) => ({
      mediaTypes,
      extensions,
    }));
    return {
      limits: this.#limits,
      style: this.#style,
      spent: this.#budget.spent,
      claims,
      describes: this.#options.describe !== undefined,
    };
  }

  #context(depth: number): ConvertContext {
    const budget = this.#budget;
    return {
      ...{ limits: this.#limits, style: this.#style, signal: this.#signal, depth },
      spend: (bytes, parts) => budget.spend(bytes, parts),
      get bytesLeft() {
        return budget.bytesLeft;
      },
      convert: (part) => this.#convert(part, depth + 1),
      ...(this.#options.describe && { describe: (media) => this.#describe(media) }),
    };
  }

  #describe(media: Media): Promise<string> {
    return describe(media, this.#options.describe!, this.#signal);
  }

  [Symbol.dispose](): void {
    // One that was interrupted may still be at work.
    if (this.#open === 0) this.#thread?.release();
    else this.#thread?.end();
  }
}

/** Settles when the signal aborts, whatever the promise does. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
