/** The way to a server: a transport, and what can be told of it when something went wrong. */
import type { Transport } from "@modelcontextprotocol/client";
import { InvalidRequestError } from "@polycall/core";
import type { HttpServer, McpOptions, StdioServer, TransportServer } from "./options.ts";
import { within } from "./within.ts";

export interface Link {
  /** What the server's process did and said; "" where nothing is known. */
  describe(): string;
  /** Whether the server sent a message that was too large to be read. */
  isOverflown(): boolean;
  sessionId(): string | undefined;
  /** Ends it: a child is gone when it resolves. */
  close(): Promise<void>;
}

export interface OpenLink extends Link {
  transport: Transport;
  pid?: number;
}

/** How a server is reached. */
export interface Way {
  /** For messages: the command or the address, no argument or query, since they may hold secrets. */
  name: string;
  protocol: "legacy" | "auto" | { pin: string };
  /** Whether a lost server can be connected to again. */
  canReopen: boolean;
  open(): Promise<OpenLink>;
}

/** @throws InvalidRequestError for options that name no server, or two */
export function wayTo(options: McpOptions): Way {
  const { maxMessageBytes = 32 * 2 ** 20 } = options;
  const given = ["command", "url", "transport"].filter(
    (key) => Reflect.get(options, key) !== undefined,
  );
  if (given.length !== 1)
    throw new InvalidRequestError(
      `mcp(): give one of command (a server to start), url or transport${given.length ? `, not ${given.join(" and ")}` : ""}.`,
    );
  if (given[0] === "command")
    return overStdio(options as StdioServer & McpOptions, maxMessageBytes);
  if (given[0] === "url") return overHttp(options as HttpServer & McpOptions, maxMessageBytes);
  return overTransport(options as TransportServer & McpOptions);
}

function overStdio(options: StdioServer & McpOptions, maxBytes: number): Way {
  const { command } = options;
  return {
    name: `stdio: ${command}`,
    protocol: options.protocol ?? "legacy",
    canReopen: true,
    async open() {
      const { stdioTransport } = await import("#node");
      const transport = stdioTransport(options, maxBytes);
      return {
        transport,
        get pid() {
          return transport.pid;
        },
        describe: () => transport.describe(),
        isOverflown: () => transport.isOverflown,
        sessionId: () => undefined,
        close: () => transport.close(),
      };
    },
  };
}

function overHttp(options: HttpServer & McpOptions, maxBytes: number): Way {
  let url: URL;
  try {
    url = new URL(options.url);
  } catch {
    throw new InvalidRequestError(
      `mcp(): ${JSON.stringify(String(options.url))} is no URL. Write it out: "https://host/mcp".`,
      { param: "url" },
    );
  }
  if (!/^https?:$/.test(url.protocol))
    throw new InvalidRequestError(
      `mcp(): a url begins with http: or https:, this one with ${url.protocol}`,
      { param: "url" },
    );
  return {
    name: `${url.origin}${url.pathname}`,
    protocol: options.protocol ?? "auto",
    canReopen: true,
    async open() {
      const { HttpTransport } = await import("./http-transport.ts");
      const transport = new HttpTransport(options, maxBytes);
      return {
        transport,
        describe: () => "",
        isOverflown: () => transport.isOverflown,
        sessionId: () => transport.sessionId,
        async close() {
          // A server may forget the session at once; one that does not answer is not waited for.
          await within(
            transport.terminateSession().catch(() => {}),
            500,
          );
          await transport.close();
        },
      };
    },
  };
}

function overTransport({ transport: given, protocol }: TransportServer & McpOptions): Way {
  return {
    name: "transport",
    protocol: protocol ?? "legacy",
    canReopen: typeof given === "function",
    async open() {
      const transport = typeof given === "function" ? await given() : given;
      return {
        transport,
        describe: () => "",
        isOverflown: () => false,
        sessionId: () => transport.sessionId,
        close: () => transport.close(),
      };
    },
  };
}
