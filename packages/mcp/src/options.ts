/** What `mcp()` takes. */
import type { AuthProvider, OAuthClientProvider, Transport } from "@modelcontextprotocol/client";
import type { PinOptions, PinStore } from "./pins.ts";

/** A server that is started as a child process and spoken to over its standard input and output. */
export interface StdioServer {
  command: string;
  args?: readonly string[];
  /**
   * Variables for the child. It gets these and what a program needs to run (PATH, HOME, …), nothing
   * else of this process's environment.
   */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

/** A server at an address (streamable HTTP). */
export interface HttpServer {
  url: string | URL;
  headers?: Readonly<Record<string, string>>;
  /** A bearer token (`{ token: async () => "…" }`), or a whole OAuth client of the MCP SDK. */
  authProvider?: AuthProvider | OAuthClientProvider;
  /** In place of the global `fetch`. */
  fetch?: (url: string | URL, init?: RequestInit) => Promise<Response>;
}

/** A server behind a transport of the MCP SDK. Give a function, and a lost server is connected to again. */
export interface TransportServer {
  transport: Transport | (() => Transport | Promise<Transport>);
}

export type McpOptions = (StdioServer | HttpServer | TransportServer) & {
  /** What you call the server: the beginning of its tools' names. */
  name: string;
  /**
   * ms of silence until a request is given up; each sign of progress begins them anew. Default 60,000,
   * 0 for no limit but the tool's own (five minutes in an agent).
   */
  timeout?: number;
  /** ms until the server must have been started and answered its first request. Default 30,000. */
  connectTimeout?: number;
  /** The largest message that is read, in bytes. Default 32 MB. */
  maxMessageBytes?: number;
  /**
   * The revision of the protocol: "legacy" is 2025's, "auto" asks the server first. Default "auto" over
   * HTTP, "legacy" otherwise (asking a child needs a second child).
   */
  protocol?: "legacy" | "auto" | { pin: string };
  /**
   * What is remembered of the tools' own words, so that a later change is noticed: a file, a store, or
   * more. By default it is remembered as long as this object lives.
   */
  pins?: string | PinStore | PinOptions;
  /**
   * Which tools ask a person before they run: those that the server does not call harmless, all, or those
   * that you name. Default: none.
   */
  approval?: "destructive" | "always" | ((tool: McpToolInfo) => boolean);
  /** The tools to offer, by their names at the server. Default: all. */
  only?: readonly string[];
  /** Also offers the tools `list_resources` and `read_resource`, where the server has resources. */
  resourceTools?: boolean;
  /** Told of tools that changed, of what is left out, and of the server's own log on stderr. */
  onWarning?: (message: string) => void;
  /** Gives up connecting. */
  signal?: AbortSignal;
};

/** A tool as the server describes it. None of it is to be trusted. */
export interface McpToolInfo {
  name: string;
  title?: string;
  description?: string;
  inputSchema: { [key: string]: unknown };
  outputSchema?: { [key: string]: unknown };
  annotations?: {
    title?: string;
    readOnlyHint?: boolean;
    destructiveHint?: boolean;
    idempotentHint?: boolean;
    openWorldHint?: boolean;
  };
}
