/** Records real exchanges to a file, byte for byte, with every secret taken out. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Interaction, keepBody, keepBytes, type Recording } from "./interaction.ts";
import {
  isSecretHeader,
  redactBytes,
  redactJson,
  redactText,
  redactUrl,
  secretsInHeaders,
  secretsInText,
  secretsOf,
} from "./secrets.ts";

type Fetch = typeof globalThis.fetch;

/** What to record, and how to reach the network. */
export interface RecordOptions {
  /** The file to write, anew each time a reply is whole. Its folders are made. */
  file: string;
  /** The way out; `globalThis.fetch` when absent. */
  fetch?: Fetch;
  /** Further values that must not be written down. */
  secrets?: string[];
}

/** A `fetch` that writes down what passes through it. */
export interface Recorder extends Fetch {
  /** Resolves when every reply handed out so far has been read to its end and written. */
  done(): Promise<void>;
}

interface Exchange {
  method: string;
  url: string;
  headers: Headers;
  body: string;
  status: number;
  responseHeaders: Headers;
  bytes: Uint8Array;
}

/** The body is kept as it was after decompression, in one piece. */
const NOT_KEPT = /^(content-encoding|content-length|transfer-encoding|connection)$/i;

function keepHeaders(headers: Headers, secrets: Set<string>, response: boolean) {
  const kept = [...headers].filter(
    ([name]) => !isSecretHeader(name, response) && !NOT_KEPT.test(name),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, redactText(value, secrets)]));
}

function clean(exchange: Exchange, secrets: Set<string>): Interaction {
  const { method, url, headers, body, status, responseHeaders, bytes } = exchange;
  return {
    request: {
      method,
      url: redactUrl(url, secrets),
      headers: keepHeaders(headers, secrets, false),
      body: redactJson(keepBody(body), secrets),
    },
    response: {
      status,
      headers: keepHeaders(responseHeaders, secrets, true),
      ...keepBytes(redactBytes(bytes, secrets)),
    },
  };
}

function save(file: string, exchanges: Exchange[], secrets: Set<string>): void {
  const recording: Recording = { interactions: exchanges.map((each) => clean(each, secrets)) };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(recording, null, 2)}\n`);
  renameSync(`${file}.part`, file);
}

/** Passes a body on while keeping its bytes; `whole` resolves with them however it ends. */
function watched(body: ReadableStream<Uint8Array> | null) {
  const parts: Uint8Array[] = [];
  if (!body) return { stream: null, whole: Promise.resolve(new Uint8Array()) };
  const reader = body.getReader();
  let end: (bytes: Uint8Array) => void = () => undefined;
  const whole = new Promise<Uint8Array>((resolve) => {
    end = resolve;
  });
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            end(Buffer.concat(parts));
            controller.close();
          } else {
            parts.push(value);
            controller.enqueue(value);
          }
        } catch (error) {
          end(Buffer.concat(parts));
          controller.error(error);
        }
      },
      async cancel(reason) {
        end(Buffer.concat(parts));
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, whole };
}

/**
 * A `fetch` for an SDK's `fetch` option (or polycall's) that records what passes through it.
 * Keys, cookies and the names of accounts are taken out of headers, addresses and bodies, also where
 * a reply repeats them.
 */
export function record(options: RecordOptions): Recorder {
  const { file, fetch = globalThis.fetch } = options;
  const secrets = new Set(options.secrets ?? []);
  const exchanges: Exchange[] = [];
  const pending = new Set<Promise<void>>();
  const recorder = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { method, url, headers, signal, redirect } = request;
    const sent = method === "GET" || method === "HEAD" ? undefined : await request.arrayBuffer();
    const body = Buffer.from(sent ?? new ArrayBuffer(0)).toString("utf8");
    const note = (found: string[]) => {
      for (const secret of found) secrets.add(secret);
    };
    note(secretsOf(headers, url, body));
    const out = { ...init, method, headers, signal, redirect, ...(sent && { body: sent }) };
    const response = await fetch(url, out);
    const { status, statusText, headers: responseHeaders } = response;
    note(secretsInHeaders(responseHeaders, true));
    const exchange = { method, url, headers, body, status, responseHeaders };
    const { stream, whole } = watched(response.body);
    const at = exchanges.push({ ...exchange, bytes: new Uint8Array() }) - 1;
    const written = whole.then((bytes) => {
      exchanges[at] = { ...exchange, bytes };
      note(secretsInText(Buffer.from(bytes).toString("utf8")));
      save(file, exchanges, secrets);
    });
    pending.add(written);
    const forget = () => pending.delete(written);
    written.then(forget, forget);
    return new Response(stream, { status, statusText, headers: responseHeaders });
  };
  const done = async () => void (await Promise.all(pending));
  return Object.assign(recorder, { done });
}
