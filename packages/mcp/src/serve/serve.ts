/** Tools and agents as an MCP server, over stdio and HTTP. */
import type {
  McpHttpHandler,
  McpRequestContext,
  McpServerFactory,
  ServerContext,
} from "@modelcontextprotocol/server";
import { InvalidRequestError } from "@polycall/core";
import { Cancellations } from "./cancellations.ts";
import { refusedByAddress } from "./hosts.ts";
import type { NodeRequest, NodeResponse } from "./node-types.ts";
import { type RunOptions, run } from "./run.ts";
import { type ServedTools, servedTools } from "./served.ts";

export interface ServeOptions extends ServedTools {
  /** What the server calls itself. */
  name: string;
  version?: string;
  /** For the client's model: what the tools are good for together. */
  instructions?: string;
  /** What tools are told as `context`. */
  context?: unknown;
  /** Told of what a tool threw, whole. The client gets its message, without secrets. */
  onError?: (error: unknown, call: { tool: string }) => void;
  /**
   * Host names under which the server is reached over HTTP, without ports. Others are refused, so that
   * no web page reaches it through a name of its own (DNS rebinding). Default: localhost's; "any" where
   * a proxy before it looks.
   */
  allowedHosts?: readonly string[] | "any";
  /** Host names of the web pages that may use it. Default: localhost's. */
  allowedOrigins?: readonly string[] | "any";
  /** The largest request, in bytes. Default 4 MB. */
  maxRequestBytes?: number;
}

export interface McpService extends AsyncDisposable {
  /** Serves this process's standard input and output. `console.log` goes to stderr meanwhile. */
  stdio(): Promise<AsyncDisposable>;
  /** Serves a web request: streamable HTTP, of 2025 and of 2026. */
  fetch(request: Request): Promise<Response>;
  /** The same for Node's `http` and what builds on it: `createServer(service.node)`. */
  node(req: NodeRequest, res: NodeResponse): Promise<void>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/**
 * Serves tools and agents to any MCP client: desktop assistants, editors, other agents.
 *
 * ```ts
 * await serveMcp({ name: "tickets", tools: [getPrice], agents: [assistant] }).stdio();
 * ```
 * @throws InvalidRequestError for what cannot be served
 */
export function serveMcp(options: ServeOptions): McpService {
  const { name, version = "1.0.0", instructions, context, onError, approve } = options;
  if (typeof name !== "string" || name === "")
    throw new InvalidRequestError('serveMcp(): give the server a name, such as "tickets".', {
      param: "name",
    });
  const served = servedTools(options);
  const running: RunOptions = { name, context, approve, onError };
  const cancellations = new Cancellations();
  const open = new Set<AsyncDisposable>();

  async function factory(): Promise<McpServerFactory> {
    const { ProtocolError, ProtocolErrorCode, Server } = await import(
      "@modelcontextprotocol/server"
    );
    return ({ requestInfo, era }: McpRequestContext) => {
      const session = era === "legacy" ? requestInfo?.headers.get(sessionHeader) : undefined;
      const server = new Server(
        { name, version },
        { capabilities: { tools: {} }, ...(instructions !== undefined && { instructions }) },
      );
      server.setRequestHandler("tools/list", () => ({
        tools: [...served.values()].map(({ listed }) => listed),
      }));
      server.setRequestHandler("tools/call", async ({ params }, ctx) => {
        const one = served.get(params.name);
        if (!one)
          throw new ProtocolError(
            ProtocolErrorCode.InvalidParams,
            `There is no tool ${JSON.stringify(params.name)}.`,
          );
        const { id, signal } = ctx.mcpReq;
        const tracked = session ? cancellations.track(session, id, signal) : undefined;
        const call = {
          id: String(id),
          args: params.arguments,
          signal: tracked?.signal ?? signal,
          report: reporter(ctx),
        };
        try {
          return await run(one, call, running);
        } finally {
          tracked?.done();
        }
      });
      if (session) {
        server.setNotificationHandler("notifications/cancelled", ({ params }) => {
          if (params.requestId !== undefined) cancellations.cancel(session, params.requestId);
        });
      }
      return server;
    };
  }

  let handler: Promise<McpHttpHandler> | undefined;
  const service: McpService = {
    async stdio() {
      const { serveOverStdio } = await import("#node");
      const handle = serveOverStdio(await factory());
      open.add(handle);
      return handle;
    },
    async fetch(request) {
      const refusal = await refusedByAddress(request, options);
      if (refusal) return refusal;
      handler ??= httpHandler(await factory(), options.maxRequestBytes);
      return withSession(request, await (await handler).fetch(request));
    },
    async node(req, res) {
      const { nodeHandler } = await import("#node");
      await nodeHandler(service.fetch)(req, res);
    },
    async close() {
      for (const one of open) await one[Symbol.asyncDispose]();
      open.clear();
      await (await handler)?.close();
    },
    [Symbol.asyncDispose]: () => service.close(),
  };
  return service;
}

async function httpHandler(factory: McpServerFactory, maxRequestBodySize: number | undefined) {
  const { createMcpHandler } = await import("@modelcontextprotocol/server");
  return createMcpHandler(factory, { ...(maxRequestBodySize && { maxRequestBodySize }) });
}

const sessionHeader = "mcp-session-id";

/** Hands out a session id with the first reply to a client of 2025, which names no revision yet. */
function withSession(request: Request, response: Response): Response {
  const isFirst = request.method === "POST" && !request.headers.has("mcp-protocol-version");
  if (isFirst && response.ok && !request.headers.has(sessionHeader)) {
    response.headers.set(sessionHeader, crypto.randomUUID());
  }
  return response;
}

/** Passes progress on, where the client asked for it. */
function reporter({ mcpReq }: ServerContext) {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return (progress: { progress: number; total?: number; message?: string }) => {
    const params = { progressToken, ...progress };
    // A client that has left needs none.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
  };
}
