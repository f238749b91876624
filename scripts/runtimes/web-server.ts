/** A small web server on loopback: a page with one script, or providers that a page may call. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Starts one.
 * @param script the page's module
 * @param behind the server that all else is passed on to, with CORS's headers added
 */
export async function webServer(script = "", behind?: string) {
  const server = createServer((incoming, reply) => {
    if (behind) passOn(incoming, reply, behind);
    else if (incoming.url === "/script.js") {
      reply.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(script);
    } else {
      const page = `<!doctype html><title>polycall</title><script type="module" src="/script.js"></script>`;
      reply.writeHead(200, { "content-type": "text/html" }).end(page);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Leaves early when the page does, as a provider's own server sees it. */
function passOn(incoming: IncomingMessage, reply: ServerResponse, behind: string): void {
  const cors = {
    "access-control-allow-origin": incoming.headers.origin ?? "*",
    "access-control-allow-headers": incoming.headers["access-control-request-headers"] ?? "",
    "access-control-allow-methods": "POST",
  };
  if (incoming.method === "OPTIONS") {
    reply.writeHead(204, cors).end();
    return;
  }
  const { method, headers, url } = incoming;
  const onward = request(new URL(url!, behind), { method, headers }, (answer) => {
    reply.writeHead(answer.statusCode!, { ...answer.headers, ...cors });
    answer.pipe(reply);
  });
  onward.on("error", () => reply.destroy());
  reply.on("close", () => onward.destroy());
  incoming.pipe(onward);
}
