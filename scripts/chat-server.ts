/** A chat server over a simulator: what comes in goes to a model, and streams back by `toResponse()`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Simulator } from "@polycall/testing";
import type { UIMessage } from "ai";
import { type CompletionInput, createClient, type Message, type StreamFormat } from "polycall";

/** What a client asked, as a request. */
export type Request = Pick<CompletionInput, "messages"> & Partial<CompletionInput>;

/** A server that passes each request on to a model and streams the reply in the format. */
export async function serveChat(
  { providers }: Simulator,
  format: StreamFormat,
  toRequest: (body: never) => Request,
) {
  const { completion } = createClient({ providers, logLevel: "off" });
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const asked = toRequest(JSON.parse(text) as never);
    const model = "deepseek/deepseek-reasoner";
    const stream = await completion({ model, ...asked, stream: true } as CompletionInput & {
      stream: true;
    });
    const { status, headers, body } = stream.toResponse({ format });
    response.writeHead(status, Object.fromEntries(headers));
    // A client that goes away ends the pipeline with an error, and the web stream with it.
    await pipeline(Readable.fromWeb(body as never), response).catch(() => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What useChat sends, as a request: the texts alone. */
export function fromChat(body: { messages: UIMessage[] }): Request {
  const messages = body.messages.map(({ role, parts }): Message => {
    const texts = parts.map((part) => (part.type === "text" ? part.text : ""));
    return { role, content: texts.join("") } as Message;
  });
  return { messages };
}
