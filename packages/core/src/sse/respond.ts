/** A streamed reply as an HTTP response of server-sent events, pulled by whoever reads it. */
import { InvalidRequestError } from "../errors.ts";
import type { CompletionChunk } from "../types/completion.ts";
import { aiSdkEvents } from "./ai-sdk.ts";
import { openaiEvents } from "./openai.ts";

/** What `toResponse()` takes. */
export interface ResponseOptions {
  /**
   * "openai" (the default) is read by the `openai` client, "ai-sdk" by the AI SDK's `useChat`: its UI
   * message stream, version 1.
   */
  format?: StreamFormat;
  /** Headers of yours; they win over ours. */
  headers?: ResponseInit["headers"];
  /** HTTP status, 200 when absent. */
  status?: number;
}

export type StreamFormat = "openai" | "ai-sdk";

/** One format. What it gives is the text of whole events, "" where there is nothing to say. */
export interface EventEncoder {
  headers?: Record<string, string>;
  chunk(chunk: CompletionChunk): string;
  end(): string;
  error(error: unknown): string;
}

const formats: Record<StreamFormat, () => EventEncoder> = {
  openai: openaiEvents,
  "ai-sdk": aiSdkEvents,
};

const eventHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  // nginx would hold the events back until the reply is whole.
  "x-accel-buffering": "no",
};

/** The format's encoder. @throws InvalidRequestError naming the formats there are */
export function encoderOf(format: StreamFormat = "openai"): EventEncoder {
  if (Object.hasOwn(formats, format)) return formats[format]();
  const known = Object.keys(formats).join(", ");
  throw new InvalidRequestError(`toResponse(): there is no format "${format}". Formats: ${known}.`);
}

/**
 * Chunks as a response. An error after the head is an event of the format, and the end.
 * @param cancel called when the reader goes away
 */
export function respond(
  stream: AsyncIterable<CompletionChunk>,
  encoder: EventEncoder,
  { headers, status }: ResponseOptions,
  cancel: () => void,
): Response {
  const all = new Headers({ ...eventHeaders, ...encoder.headers });
  new Headers(headers).forEach((value, name) => {
    all.set(name, value);
  });
  const head = new Response(null, { status, headers: all }); // Throws before the stream is taken.
  const chunks = stream[Symbol.asyncIterator]();
  const utf8 = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      let events = "";
      try {
        for (;;) {
          const { value, done } = await chunks.next();
          events = done ? encoder.end() : encoder.chunk(value);
          if (!done && events === "") continue; // A pull that brings nothing is not called again.
          if (events !== "") controller.enqueue(utf8.encode(events));
          if (done) controller.close();
          return;
        }
      } catch (error) {
        controller.enqueue(utf8.encode(encoder.error(error)));
        controller.close();
      }
    },
    cancel,
  });
  return new Response(body, head);
}
