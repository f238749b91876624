/** A client of any MCP server: its tools, resources and prompts for any model. */
import type { Prompt, Resource, ResourceTemplateType } from "@modelcontextprotocol/client";
import { type AnyTool, InvalidRequestError, type Message, type UserPart } from "@polycall/core";
import { Connection } from "./connection.ts";
import { promptMessages, resourceParts } from "./content.ts";
import { McpError } from "./errors.ts";
import { wayTo } from "./link.ts";
import type { McpOptions } from "./options.ts";
import { type McpChange, type PinOptions, type PinStore, Pins } from "./pins.ts";
import { resourceTools } from "./resource-tools.ts";
import { ToolList } from "./tools.ts";

/** A connected server. It is connected to again by itself when it was lost. */
export interface McpServer extends AsyncDisposable {
  readonly name: string;
  /** What the server calls itself. */
  readonly info: { name: string; version: string } | undefined;
  /** What the server would like models to be told. Never put into a prompt by itself: it is text from outside. */
  readonly instructions: string | undefined;
  /** The child process, of a server that was started here. */
  readonly pid: number | undefined;
  /** The tools, to be given to `completion()` or an agent as they are. Listed anew when the server says that they changed. */
  tools(): Promise<AnyTool[]>;
  /** The server's own name of a tool that a model called. */
  toolName(name: string): string | undefined;
  resources(): Promise<Resource[]>;
  resourceTemplates(): Promise<ResourceTemplateType[]>;
  /** A resource's contents as parts of a message. */
  readResource(uri: string, options?: { signal?: AbortSignal }): Promise<UserPart[]>;
  prompts(): Promise<Prompt[]>;
  /** A prompt, filled in, as messages. */
  getPrompt(name: string, args?: Record<string, string>): Promise<Message[]>;
  /** The tools that are refused because their own words changed, or that nobody has accepted yet. */
  changes(): Promise<readonly McpChange[]>;
  /** Accepts a tool as `changes()` tells it; without a name, all of them. */
  accept(tool?: string): Promise<void>;
  /** Disconnects; a child is gone when it resolves. */
  close(): Promise<void>;
}

/**
 * Connects to an MCP server: `{ name, command, args }` starts one, `{ name, url }` speaks to one over
 * HTTP, `{ name, transport }` takes a transport of the MCP SDK.
 *
 * ```ts
 * await using files = await mcp({ name: "files", command: "npx", args: ["-y", "…", "."] });
 * const tools = await files.tools();
 * ```
 * @throws McpConnectionError, McpTimeoutError, McpAuthorizationError: what the server did, and what to do
 * @throws InvalidRequestError for options that make no sense
 */
export async function mcp(options: McpOptions): Promise<McpServer> {
  const { name, signal } = options;
  if (typeof name !== "string" || name === "")
    throw new InvalidRequestError('mcp(): give the server a name, such as "files".', {
      param: "name",
    });
  const connection = new Connection(name, wayTo(options), options);
  const list = new ToolList(connection, options, await pinsOf(name, options.pins));
  try {
    await connection.connected(signal);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const client = () => connection.live?.client;
  const read = <T>(send: Parameters<typeof connection.request<T>>[1], more = {}) =>
    connection.request<T>({ mayRepeat: true, ...more }, send);
  const server: McpServer = {
    name,
    get info() {
      return client()?.getServerVersion();
    },
    get instructions() {
      return client()?.getInstructions();
    },
    get pid() {
      return connection.live?.link.pid;
    },
    async tools() {
      const tools = await list.tools();
      const hasResources = client()?.getServerCapabilities()?.resources !== undefined;
      if (!options.resourceTools || !hasResources) return tools;
      const own = new Set(tools.map((one) => one.function.name));
      const more = await resourceTools(server, list.names);
      return [...tools, ...more.filter((one) => !own.has(one.function.name))];
    },
    toolName: (encoded) => list.names.decode(encoded),
    resources: async () => (await read((c, o) => c.listResources(undefined, o))).resources,
    resourceTemplates: async () =>
      (await read((c, o) => c.listResourceTemplates(undefined, o))).resourceTemplates,
    readResource: async (uri, more) =>
      resourceParts(await read((c, o) => c.readResource({ uri }, o), more)),
    prompts: async () => (await read((c, o) => c.listPrompts(undefined, o))).prompts,
    getPrompt: async (prompt, args = {}) =>
      promptMessages(
        (await read((c, o) => c.getPrompt({ name: prompt, arguments: args }, o))).messages,
      ),
    changes: () => list.changes(),
    accept: (tool) => list.accept(tool),
    close: () => connection.close(),
    [Symbol.asyncDispose]: () => connection.close(),
  };
  return server;
}

async function pinsOf(name: string, given: McpOptions["pins"]): Promise<Pins> {
  const options: PinOptions =
    typeof given === "string" || isStore(given) ? { store: given } : (given ?? {});
  const { store = new Map<string, string>() } = options;
  if (typeof store !== "string") return new Pins(name, { ...options, store });
  const { pinFile } = await import("#node");
  return new Pins(name, { ...options, store: pinFile(store) });
}

function isStore(value: unknown): value is PinStore {
  const { get, set } = (value ?? {}) as Partial<PinStore>;
  if (typeof get === "function" && typeof set === "function") return true;
  if (typeof get === "function" || typeof set === "function")
    throw new McpError("mcp(): a store of pins has get(key) and set(key, pin).");
  return false;
}
