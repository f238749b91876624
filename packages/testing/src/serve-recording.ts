/** Serves recorded responses over loopback, whatever is asked, split at random bytes if wished. */
import type { IncomingHttpHeaders } from "node:http";
import { type Interaction, keepBody, responseBytes } from "./interaction.ts";
import type { Json } from "./json.ts";
import { listen, readBody } from "./loopback.ts";
import { send } from "./send.ts";

/** A request that came to a served recording. */
export interface ServedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else the text. */
  body: Json;
}

/** A running server of one recording. */
export interface ServedRecording extends AsyncDisposable {
  url: string;
  requests: ServedRequest[];
  close(): Promise<void>;
}

/** Options of a served recording. */
export interface ServeOptions {
  /** Write each body in pieces of 1 to `maxPiece` bytes; the seed decides where it is cut. */
  splitSeed?: number;
  /** Default 24, or the 200th part of a body that is longer than 4,800 bytes. */
  maxPiece?: number;
}

/** Recorded lengths and encodings no longer hold for the body that is sent. */
const LEFT_OUT = new Set(["content-length", "content-encoding", "transfer-encoding", "connection"]);

/**
 * Answers any path with a recorded status, headers and body.
 * @param recorded one interaction, or several that answer in order (the last one repeats)
 */
export async function serveRecording(
  recorded: Interaction | readonly Interaction[],
  { splitSeed, maxPiece }: ServeOptions = {},
): Promise<ServedRecording> {
  const interactions = Array.isArray(recorded)
    ? (recorded as readonly Interaction[])
    : [recorded as Interaction];
  if (interactions.length === 0)
    throw new Error("serveRecording: there is no interaction to serve.");
  const requests: ServedRequest[] = [];
  const { url, close } = await listen((request, response) => {
    const answer = async () => {
      const body = keepBody((await readBody(request)).toString("utf8"));
      const { method = "GET", url: path = "/", headers } = request;
      const at = Math.min(requests.length, interactions.length - 1);
      requests.push({ method, path, headers, body });
      const { status, headers: recordedHeaders } = interactions[at]!.response;
      const kept = Object.entries(recordedHeaders).filter(([name]) => !LEFT_OUT.has(name));
      const reply = { status, headers: Object.fromEntries(kept), frames: [], isStream: false };
      const bytes = responseBytes(interactions[at]!.response);
      const max = maxPiece ?? Math.max(24, Math.ceil(bytes.length / 200));
      const split = { seed: splitSeed ?? 0, max };
      const fault = splitSeed === undefined ? {} : { splitBytes: split };
      await send(response, reply, [bytes], fault);
    };
    answer().catch(() => response.destroy());
  });
  return { url, requests, close, [Symbol.asyncDispose]: close };
}
