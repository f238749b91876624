/** A document's bytes, from wherever they are, within a bound. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { guardedFetch } from "@polycall/fetch";
import { DocumentError } from "./errors.ts";

/** A path, an http(s) or file URL, or the bytes themselves. */
export type DocumentSource = string | URL | Uint8Array | ArrayBuffer | Blob;

export interface Loaded {
  bytes: Uint8Array;
  name?: string;
  url?: string;
  mediaType?: string;
  charset?: string;
}

interface Bounds {
  maxBytes: number;
  signal: AbortSignal;
  fetch?: typeof fetch | undefined;
}

/** @throws DocumentError `unreadable`, `too_large` */
export async function load(source: DocumentSource, bounds: Bounds): Promise<Loaded> {
  if (source instanceof Uint8Array) return { bytes: bounded(source, bounds) };
  if (source instanceof ArrayBuffer) return { bytes: bounded(new Uint8Array(source), bounds) };
  if (source instanceof Blob) return fromBlob(source, bounds);
  const text = String(source);
  if (/^https?:\/\//i.test(text)) return fromURL(text, bounds);
  if (/^file:/i.test(text)) return fromPath(pathOf(text), bounds);
  if (source instanceof URL)
    throw unreadable(`${source.protocol}// is not read; give an http, https or file URL.`);
  return fromPath(text, bounds);
}

const unreadable = (message: string, cause?: unknown) =>
  new DocumentError(message, { code: "unreadable", cause });

const tooLarge = ({ maxBytes }: Bounds) =>
  new DocumentError(`It is larger than ${maxBytes} bytes (limits.maxBytes).`, {
    code: "too_large",
  });

function bounded(bytes: Uint8Array, bounds: Bounds): Uint8Array {
  if (bytes.length > bounds.maxBytes) throw tooLarge(bounds);
  return bytes;
}

async function fromBlob(blob: Blob, bounds: Bounds): Promise<Loaded> {
  if (blob.size > bounds.maxBytes) throw tooLarge(bounds);
  const name = "name" in blob && typeof blob.name === "string" ? blob.name : undefined;
  return {
    bytes: new Uint8Array(await blob.arrayBuffer()),
    ...(name && { name }),
    ...(blob.type && { mediaType: blob.type }),
  };
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw unreadable("It is no URL of a file on this machine.", error);
  }
}

async function fromPath(path: string, bounds: Bounds): Promise<Loaded> {
  const { O_NONBLOCK = 0, O_RDONLY } = (await import("node:fs")).constants;
  try {
    // A pipe that nobody writes to is not waited for.
    await using handle = await open(path, O_RDONLY | O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) throw unreadable("It is no file.");
    if (stats.size > bounds.maxBytes) throw tooLarge(bounds);
    const bytes = await handle.readFile({ signal: bounds.signal });
    return { bytes: bounded(bytes, bounds), name: path };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof DocumentError || (error as Error).name === "AbortError") throw error;
    throw unreadable(
      code === "ENOENT" ? "There is no such file." : `It cannot be read (${code}).`,
      error,
    );
  }
}

async function fromURL(url: string, bounds: Bounds): Promise<Loaded> {
  const { signal } = bounds;
  // The bounds of time and size are the conversion's own.
  const guarded = () => guardedFetch({ maxBytes: Infinity, timeout: 2 ** 31 - 1 });
  const fetch = bounds.fetch ?? guarded();
  try {
    const response = await fetch(url, { signal, headers: { accept: "*/*" } });
    if (!response.ok) {
      await response.body?.cancel();
      throw unreadable(`The server answered ${response.status}.`);
    }
    const type = response.headers.get("content-type") ?? "";
    const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(type)?.[1];
    const final = response.url || url;
    return {
      bytes: await body(response, bounds),
      name:
        nameIn(response.headers.get("content-disposition")) ?? basename(new URL(final).pathname),
      url: final,
      ...(type && { mediaType: type }),
      ...(charset && { charset }),
    };
  } catch (error) {
    if (error instanceof DocumentError || signal.aborted) throw error;
    throw unreadable(`It could not be fetched: ${(error as Error).message}`, error);
  }
}

/** A name in another script comes percent-encoded, after its charset: RFC 6266. */
function nameIn(disposition: string | null): string | undefined {
  const encoded = /filename\*=(?:utf-8|iso-8859-1)'[^']*'([^\s;]+)/i.exec(disposition ?? "")?.[1];
  try {
    if (encoded) return decodeURIComponent(encoded);
  } catch {}
  return /filename="?([^";]+)/i.exec(disposition ?? "")?.[1];
}

async function body(response: Response, bounds: Bounds): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bounds.maxBytes) throw tooLarge(bounds);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
