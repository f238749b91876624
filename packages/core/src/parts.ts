/** Content parts from bytes and URLs, and data URLs taken apart. */
import { toBase64 } from "./base64.ts";
import { InvalidRequestError } from "./errors.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { AudioPart, CacheControl, FilePart, ImagePart } from "./types/messages.ts";

/** A Node `Buffer` is a `Uint8Array`. */
export type Bytes = Uint8Array | ArrayBuffer;

export interface ImageOptions {
  detail?: "auto" | "low" | "high";
  /** For bytes whose head does not tell. */
  mediaType?: string;
  cache_control?: CacheControl;
}

/**
 * An image for a user message.
 * @param source an http(s) or data URL, or the image's bytes (PNG, JPEG, GIF, WebP, AVIF, HEIC, …)
 * @throws InvalidRequestError when it is neither a URL nor an image
 */
export function imagePart(source: string | URL | Bytes, options: ImageOptions = {}): ImagePart {
  const { detail, mediaType, cache_control } = options;
  return {
    type: "image_url",
    image_url: { url: imageUrl(source, mediaType), ...(detail && { detail }) },
    ...(cache_control && { cache_control }),
  };
}

function imageUrl(source: string | URL | Bytes, mediaType: string | undefined): string {
  if (typeof source === "string" || source instanceof URL) {
    const url = String(source);
    if (/^https?:\/\//i.test(url) || parseDataUrl(url)) return url;
    throw new InvalidRequestError(
      `imagePart: ${JSON.stringify(url.slice(0, 60))} is neither an http(s) URL nor a data URL. For a file, pass its bytes: imagePart(await readFile(path)).`,
    );
  }
  const bytes = asBytes("imagePart", source);
  const type = mediaType ?? mediaTypeOf(bytes);
  if (!type?.startsWith("image/")) {
    throw new InvalidRequestError(
      `imagePart: these bytes are ${type ?? "of no known type"}, not an image. ${type ? "Use filePart() or audioPart()." : 'If they are one, say which: { mediaType: "image/png" }.'}`,
    );
  }
  return `data:${type};base64,${toBase64(bytes)}`;
}

/**
 * Audio for a user message.
 * @param data the bytes of a WAV or MP3 file
 * @param options `format` for bytes whose head does not tell (MP3 without a tag, say)
 * @throws InvalidRequestError when it is neither
 */
export function audioPart(data: Bytes, options: { format?: "wav" | "mp3" } = {}): AudioPart {
  const bytes = asBytes("audioPart", data);
  const type = mediaTypeOf(bytes);
  const sniffed = type === "audio/wav" ? "wav" : type === "audio/mpeg" ? "mp3" : undefined;
  const format = options.format ?? sniffed;
  if (!format) {
    throw new InvalidRequestError(
      `audioPart: these bytes are ${type ?? "of no known type"}; send WAV or MP3, or say which: { format: "mp3" }.`,
    );
  }
  return { type: "input_audio", input_audio: { data: toBase64(bytes), format } };
}

export interface FileOptions {
  /** With its extension: what the model sees, and what tells the type when the bytes do not. */
  filename: string;
  mediaType?: string;
  cache_control?: CacheControl;
}

/**
 * A PDF or other file for a user message.
 * @throws InvalidRequestError without a filename, or when neither bytes nor name tell the type
 */
export function filePart(data: Bytes, options: FileOptions): FilePart {
  const bytes = asBytes("filePart", data);
  const { filename, mediaType, cache_control } = options ?? {};
  if (typeof filename !== "string" || !filename) {
    throw new InvalidRequestError('filePart: give the file a name: { filename: "report.pdf" }.');
  }
  const type = mediaType ?? mediaTypeOf(bytes, filename);
  if (!type) {
    throw new InvalidRequestError(
      `filePart: neither the bytes nor the name ${JSON.stringify(filename)} tell the type; say which: { mediaType: "text/plain" }.`,
    );
  }
  const file_data = `data:${type};base64,${toBase64(bytes)}`;
  return { type: "file", file: { file_data, filename }, ...(cache_control && { cache_control }) };
}

function asBytes(caller: string, data: Bytes): Uint8Array {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : Object.prototype.toString.call(data) === "[object ArrayBuffer]"
      ? new Uint8Array(data)
      : undefined;
  if (bytes?.length) return bytes;
  const what = bytes ? "no bytes (an empty file?)" : `${data === null ? "null" : typeof data}`;
  throw new InvalidRequestError(`${caller}: wants a Uint8Array or ArrayBuffer, got ${what}.`);
}

/**
 * Takes a data URL apart.
 * @returns its media type without parameters ("text/plain" when it has none) and its bytes in
 *   base64; undefined when it is not a data URL
 */
export function parseDataUrl(url: string): { mediaType: string; data: string } | undefined {
  if (!/^data:/i.test(url)) return undefined;
  const comma = url.indexOf(",");
  if (comma < 0) return undefined;
  const [type, ...parameters] = url.slice(5, comma).split(";");
  const named = type?.trim().toLowerCase() || "text/plain";
  // A name that people write, and that no API takes.
  const mediaType = named === "image/jpg" ? "image/jpeg" : named;
  const data = url.slice(comma + 1);
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === "base64");
  if (isBase64 && !data.includes("%")) return { mediaType, data };
  const bytes = percentDecode(data);
  return { mediaType, data: isBase64 ? new TextDecoder().decode(bytes) : toBase64(bytes) };
}

function percentDecode(text: string): Uint8Array {
  const escaped = new TextEncoder().encode(text);
  const bytes = new Uint8Array(escaped.length);
  let length = 0;
  for (let at = 0; at < escaped.length; at++) {
    const hex =
      escaped[at] === 0x25 ? String.fromCharCode(...escaped.subarray(at + 1, at + 3)) : "";
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else bytes[length++] = escaped[at]!;
  }
  return bytes.subarray(0, length);
}
