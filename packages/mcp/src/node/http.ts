/** A web handler behind Node's own HTTP server. */
import type { NodeRequest, NodeResponse } from "../serve/node-types.ts";

/** Makes `(req, res)` of `(request)`. A client that leaves aborts the request's signal. */
export function nodeHandler(
  handle: (request: Request) => Promise<Response>,
): (req: NodeRequest, res: NodeResponse) => Promise<void> {
  return async (req, res) => {
    const gone = new AbortController();
    res.once("close", () => {
      if (!res.writableFinished) gone.abort(new Error("The client has left."));
    });
    try {
      await write(res, await handle(requestOf(req, gone.signal)), gone.signal);
    } catch {
      // Whoever asked is gone, or the reply broke off; the handler has told what there is to tell.
      if (!res.headersSent) res.writeHead(500);
      res.end();
    }
  };
}

function requestOf(req: NodeRequest, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  }
  const method = req.method ?? "GET";
  const path = req.url?.startsWith("/") ? req.url : "/";
  // The Host header is checked by the handler; what stands in it is no address to trust.
  const url = new URL(`http://localhost${path}`);
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal });
  const parsed = (req as { body?: unknown }).body;
  const body = parsed === undefined ? streamOf(req) : bodyOf(parsed);
  return new Request(url, { method, headers, signal, body, duplex: "half" } as RequestInit);
}

/** A framework's body parser has read it already. */
function bodyOf(parsed: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof parsed === "string") return parsed;
  return parsed instanceof Uint8Array ? new Uint8Array(parsed) : JSON.stringify(parsed);
}

function streamOf(req: NodeRequest): ReadableStream {
  const chunks = req[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
  });
}

async function write(res: NodeResponse, response: Response, gone: AbortSignal): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length) headers["set-cookie"] = cookies;
  res.writeHead(response.status, headers);
  const reader = response.body?.getReader();
  if (reader) {
    res.flushHeaders();
    const leave = () => void reader.cancel(gone.reason).catch(() => {});
    if (gone.aborted) leave();
    gone.addEventListener("abort", leave, { once: true });
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (res.write(chunk.value) || gone.aborted) continue;
      await new Promise<void>((resolve) => {
        res.once("drain", resolve);
        res.once("close", resolve);
      });
    }
  }
  res.end();
}
