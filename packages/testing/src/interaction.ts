/** A recorded HTTP exchange: the file format that recording, replaying and serving share. */
import type { Json } from "./json.ts";

/** The request half. JSON bodies are parsed, others stay text. */
export interface RecordedRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Json;
}

/** The response half: the exact bytes, as text or, where they are not UTF-8, as base64. */
export interface RecordedResponse {
  status: number;
  headers: Record<string, string>;
  body?: string;
  bodyBase64?: string;
}

/** One exchange. */
export interface Interaction {
  request: RecordedRequest;
  response: RecordedResponse;
}

/** A recording: exchanges in the order they happened. */
export interface Recording {
  interactions: Interaction[];
}

/** The bytes of a recorded response's body. */
export function responseBytes({ body, bodyBase64 }: RecordedResponse): Uint8Array<ArrayBuffer> {
  return bodyBase64 === undefined ? Buffer.from(body ?? "") : Buffer.from(bodyBase64, "base64");
}

/** A body as a recorded response keeps it. */
export function keepBytes(bytes: Uint8Array): Pick<RecordedResponse, "body" | "bodyBase64"> {
  const text = Buffer.from(bytes).toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  return isText ? { body: text } : { bodyBase64: Buffer.from(bytes).toString("base64") };
}

/** A request body as a recorded request keeps it: parsed where it is JSON. */
export function keepBody(text: string): Json {
  if (text === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
