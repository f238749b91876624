/** completion() over the transport's raw servers, through the plainest adapter. */
import { type ClientOptions, type CompletionInput, createClient } from "../../src/index.ts";
import { plain } from "../support/plain.ts";
import { chunk as chunkOf, completionOf, messages, sse } from "../support/wire.ts";

/** "Hello there." as one JSON. */
export const wholeBody = JSON.stringify(completionOf("Hello there."));

/** The same as a stream's events; the last but one is the finish, the last says that it was the last. */
export const events = [
  ...["Hel", "lo", " the", "re."].map((text) => sse(chunkOf(text))),
  sse(chunkOf("", "stop")),
  sse("[DONE]"),
];

/** What a reply's head says of its body. */
export const types = { json: "application/json", sse: "text/event-stream" };

export interface Outcome {
  /** What was handed out, whole or piece by piece. */
  text: string;
  error?: Error & { phase?: string; partial?: unknown; status?: number };
}

/** Asks a server for a completion, once, and says how it ended. */
export async function ask(
  url: string,
  input: Partial<CompletionInput> = {},
  options: ClientOptions = {},
): Promise<Outcome> {
  const outcome: Outcome = { text: "" };
  try {
    const reply = await clientOf(url, options).completion({
      model: "alpha/m",
      messages,
      ...input,
    } as CompletionInput);
    if ("final" in reply) for await (const piece of reply.textStream) outcome.text += piece;
    else outcome.text = reply.text;
  } catch (error) {
    outcome.error = error as Outcome["error"];
  }
  return outcome;
}

/** A client that knows the provider `alpha` at a URL, and tries once. */
export function clientOf(url: string, options: ClientOptions = {}) {
  return createClient({
    logLevel: "off",
    adapters: { alpha: plain("alpha") },
    providers: { alpha: { apiKey: "key-alpha", baseURL: url.replace(/\/$/, "") } },
    ...options,
    defaults: { maxRetries: 0, ...options.defaults },
  });
}
