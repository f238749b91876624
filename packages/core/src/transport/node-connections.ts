/** Node's http modules and the pools of connections that the transport takes from. */
import type { Agent, RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
import { urlError } from "./failures.ts";
import { TransportError } from "./types.ts";

export type Protocol = "http:" | "https:";

/** How long an unused connection is kept, in ms; longer, and a router may have forgotten it. */
const keepMs = 30_000;

/** A request's options; `onConnection` is told of the connection made for it, if one is. */
export interface ConnectionOptions extends RequestOptions {
  onConnection(connection: Duplex): void;
}

/** Where a request goes, in Node's own options. */
export type Address = Pick<RequestOptions, "auth" | "hostname" | "path" | "port"> & {
  protocol: Protocol;
};

/** Most requests go where one before them went. */
const addresses = new Map<string, Address>();
const mostAddresses = 100;

/** A URL as Node's options. @throws TransportError where it is no absolute http: or https: one */
export function addressOf(url: string): Address {
  const known = addresses.get(url);
  if (known) return known;
  const unusable = urlError(url);
  if (unusable) throw unusable;
  const { urlToHttpOptions } = process.getBuiltinModule("node:url");
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(new URL(url));
  const address = { protocol, hostname, port, path, ...(auth && { auth }) } as Address;
  if (addresses.size >= mostAddresses) addresses.clear();
  addresses.set(url, address);
  return address;
}

const pools = new Map<string, Agent>();

/** node:http or node:https, loaded when first asked for. */
export function moduleFor(protocol: Protocol) {
  return protocol === "https:"
    ? process.getBuiltinModule("node:https")
    : process.getBuiltinModule("node:http");
}

/**
 * The pool for a protocol. Made at its first use, when the environment is read for proxies
 * (HTTP_PROXY, HTTPS_PROXY, NO_PROXY, in either case).
 * @param fresh a pool that keeps nothing, so that every connection is a new one
 * @throws TransportError when a proxy is set that cannot be used
 */
export function agentFor(protocol: Protocol, fresh: boolean): Agent {
  const key = `${protocol}${fresh}`;
  let agent = pools.get(key);
  if (agent === undefined) {
    const options = { keepAlive: !fresh, timeout: keepMs, proxyEnv: proxyEnv(process.env) };
    agent = announcing(new (moduleFor(protocol).Agent)(options), !!options.proxyEnv);
    pools.set(key, agent);
  }
  return agent;
}

/**
 * Makes an agent tell a request of its connection at once. The request's own "socket" event comes
 * only when a proxy's tunnel stands: whoever leaves before could close nothing.
 */
function announcing(agent: Agent, isProxied: boolean): Agent {
  const create = agent.createConnection;
  agent.createConnection = function createConnection(options, callback) {
    const connection = create.call(this, options, callback);
    if (!connection) return connection;
    (options as Partial<ConnectionOptions>).onConnection?.(connection);
    if (isProxied) {
      // A proxied agent's tunnel (Node 24.21) listens once more at each piece of the proxy's answer:
      // twice as often every time, so that a head in forty pieces would stop the process for good.
      connection.on("newListener", (event, listener) => {
        if (event === "readable") connection.off(event, listener);
      });
    }
    return connection;
  };
  return agent;
}

/** The environment when it names a proxy that this Node can use; Node reads the rest. */
function proxyEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"].filter((n) => env[n]);
  if (names.length === 0) return undefined;
  for (const name of names) {
    if (/^https?:\/\/[^/]/i.test(env[name]!) && URL.canParse(env[name]!)) continue;
    throw refusal(`${name} is not an http:// or https:// URL, the only proxies that can be used`);
  }
  if (!speaksProxies(process.versions.node)) {
    const advice = "Use Node 22.21, 24.5 or newer, or hand a `fetch` that knows proxies.";
    throw refusal(
      `${names[0]} is set, but Node ${process.versions.node} knows no proxies. ${advice}`,
    );
  }
  return env;
}

/** Whether http.Agent of this Node version takes `proxyEnv`. Source: Node's docs of `new Agent()`. */
function speaksProxies(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function refusal(message: string): TransportError {
  return new TransportError("connection", "connect", message);
}
