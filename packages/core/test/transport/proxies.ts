/** Loopback proxies, willing and not, for the transport's tests. */
import net from "node:net";
import { onTestFinished, vi } from "vitest";
import { type Server, serve } from "./servers.ts";

/**
 * How a proxy takes a request: a number is the status that it refuses with; `cut` opens a tunnel and
 * breaks it at the first bytes sent through; `drip` opens it by a head that comes byte by byte, and
 * `endless` never comes to the end of that head.
 */
export type Temper = "open" | number | "silent" | "hang up" | "cut" | "drip" | "endless";

const opened = "HTTP/1.1 200 Connection Established\r\n\r\n";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
/** Whether this Node's agents take no proxies: 22.21, 24.5 and newer do. */
export const knowsNoProxies =
  major < 22 || (major === 22 && minor < 21) || (major === 24 && minor < 5);
if (knowsNoProxies)
  console.warn(`Node ${process.versions.node} knows no proxies: their tests are skipped.`);

const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((n) => [n, n.toLowerCase()]);

/** The environment of a machine without a proxy, until the test's end. */
export function withoutProxies(): void {
  for (const name of names) vi.stubEnv(name, undefined);
}

/** A proxy for both: CONNECT for TLS, absolute URLs for the rest. */
export function proxy(temper: Temper = "open"): Promise<Server> {
  const tunnels = new WeakSet<net.Socket>();
  return serve((socket, _, request) => {
    if (tunnels.has(socket)) return;
    tunnels.add(socket);
    const [method, target] = request.split(" ", 2) as [string, string];
    if (typeof temper === "number") {
      socket.end(`HTTP/1.1 ${temper} Not You\r\nContent-Length: 0\r\n\r\n`);
    }
    if (temper === "hang up") socket.destroy();
    if (temper === "cut") {
      if (method === "CONNECT") socket.write(opened);
      socket.once("data", () => socket.destroy());
    }
    if (temper === "endless") void drip(socket, opened.replace(/\r\n\r\n/, "x".repeat(10_000)));
    if (temper !== "open" && temper !== "drip") return;
    const address = method === "CONNECT" ? `tcp://${target}` : target;
    const { hostname, port } = new URL(address);
    const upstream = net.connect(Number(port), hostname, async () => {
      if (method === "CONNECT")
        await (temper === "drip" ? drip(socket, opened) : socket.write(opened));
      else upstream.write(request.replace(/^(\w+) http:\/\/[^/]+/, "$1 "));
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on("error", () => socket.destroy());
    upstream.on("close", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
    onTestFinished(() => void upstream.destroy());
  });
}

/** Writes a text byte by byte, each on its own. */
async function drip(socket: net.Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of text) {
    if (!socket.writable) return;
    await new Promise((resolve) => socket.write(byte, () => setImmediate(resolve)));
  }
}
