/** A server's tools as polycall's, listed when they are asked for and checked before they are called. */
import type { CallToolResult, Tool as ListedTool, Progress } from "@modelcontextprotocol/client";
import {
  type AnyTool,
  type JsonSchema,
  type ToolContext,
  type ToolParameters,
  tool,
  UnsupportedParamsError,
} from "@polycall/core";
import type { Connection, Live } from "./connection.ts";
import { textOf, toolOutput } from "./content.ts";
import { McpChangedError, McpProtocolError, McpToolError } from "./errors.ts";
import { NameMap } from "./names.ts";
import type { McpOptions, McpToolInfo } from "./options.ts";
import type { McpChange, Pins } from "./pins.ts";
import { validated } from "./schema.ts";

/** What an agent adds to what a tool's function is told, where an agent runs it. */
interface Context extends ToolContext {
  progress?: (value: { progress: number; total?: number; message?: string }) => void;
}

/** A server's tools as they were listed last. */
interface Listed {
  live: Live;
  infos: Map<string, McpToolInfo>;
  refused: Map<string, McpChange>;
}

/** Characters of what a failed tool says that become its error's message. */
const longestFailure = 20_000;

export class ToolList {
  readonly names: NameMap;
  readonly #connection: Connection;
  readonly #options: McpOptions;
  readonly #pins: Pins;
  readonly #warned = new Set<string>();
  #listed: Listed | undefined;
  #listing: { live: Live; listed: Promise<Listed> } | undefined;
  #tools: { of: Listed; tools: AnyTool[] } | undefined;

  constructor(connection: Connection, options: McpOptions, pins: Pins) {
    this.names = new NameMap(options.name);
    this.#connection = connection;
    this.#options = options;
    this.#pins = pins;
  }

  async tools(): Promise<AnyTool[]> {
    const listed = await this.#connection.request({ mayRepeat: true }, (_, __, live) =>
      this.#fresh(live),
    );
    if (this.#tools?.of !== listed) {
      const tools: AnyTool[] = [];
      for (const info of listed.infos.values()) {
        tools.push(await this.#tool(info, listed.refused.get(info.name)));
      }
      this.#tools = { of: listed, tools };
    }
    return [...this.#tools.tools];
  }

  async changes(): Promise<readonly McpChange[]> {
    await this.tools();
    return this.#pins.refused();
  }

  async accept(name?: string): Promise<void> {
    await this.#pins.accept(name);
    this.#listed = undefined;
    this.#listing = undefined;
  }

  /** The list of a live server; asks for it when there is none, or when the server said that it changed. */
  async #fresh(live: Live): Promise<Listed> {
    if (this.#listed?.live === live && !live.isStale) return this.#listed;
    if (this.#listing?.live !== live || live.isStale) {
      live.isStale = false;
      const listed = this.#list(live).then(
        (list) => {
          this.#listed = list;
          return list;
        },
        (error) => {
          live.isStale = true;
          throw error;
        },
      );
      this.#listing = { live, listed };
    }
    return this.#listing.listed;
  }

  async #list(live: Live): Promise<Listed> {
    // Whoever waits for it may leave, so it has a time of its own.
    const timeout = this.#connection.timeout || undefined;
    const { tools } = await live.client.listTools(undefined, { cacheMode: "refresh", timeout });
    const { only } = this.#options;
    const infos = new Map<string, McpToolInfo>();
    const refused = new Map<string, McpChange>();
    for (const listed of tools) {
      if (only && !only.includes(listed.name)) continue;
      if (listed.execution?.taskSupport === "required") {
        this.#warn(
          `offers the tool ${JSON.stringify(listed.name)} as a task only; it is left out.`,
        );
        continue;
      }
      if (infos.has(listed.name)) {
        this.#warn(`lists the tool ${JSON.stringify(listed.name)} twice; the first counts.`);
        continue;
      }
      const info = infoOf(listed);
      infos.set(info.name, info);
      const change = await this.#pins.check(info);
      if (!change) continue;
      refused.set(info.name, change);
      this.#warn(refusal(change));
    }
    for (const name of only ?? []) {
      if (!infos.has(name))
        this.#warn(`has no tool ${JSON.stringify(name)}, which \`only\` names.`);
    }
    return { live, infos, refused };
  }

  async #tool(info: McpToolInfo, change: McpChange | undefined): Promise<AnyTool> {
    const name = await this.names.encode(info.name);
    const { readOnlyHint, idempotentHint } = info.annotations ?? {};
    const made = (parameters: ToolParameters, description: string | undefined) =>
      tool({
        name,
        description,
        parameters: parameters as JsonSchema,
        execute: (args, context: Context) => this.#call(info.name, args, context),
        untrusted: true,
        idempotent: readOnlyHint === true || idempotentHint === true,
        ...(this.#asks(info) && { needsApproval: true }),
      }) as AnyTool;
    if (change) {
      // Not one word of what nobody has accepted reaches a model.
      const note = "Not available: what this tool says of itself has changed. Do not call it.";
      return made({ type: "object" }, note);
    }
    const description = info.description ?? info.title ?? info.annotations?.title;
    try {
      return made(validated(info.inputSchema), description);
    } catch (error) {
      if (!(error instanceof UnsupportedParamsError)) throw error;
      this.#warn(`${error.message} The model is told no schema for it; the server still checks.`);
      return made({ type: "object" }, description);
    }
  }

  #asks(info: McpToolInfo): boolean {
    const { approval } = this.#options;
    if (typeof approval === "function") return approval(info);
    if (approval === "always") return true;
    // MCP's own defaults: a tool may destroy unless it says otherwise.
    const { readOnlyHint, destructiveHint } = info.annotations ?? {};
    return approval === "destructive" && readOnlyHint !== true && destructiveHint !== false;
  }

  async #call(name: string, args: { [key: string]: unknown }, context: Context) {
    const info = this.#listed?.infos.get(name);
    const { readOnlyHint, idempotentHint } = info?.annotations ?? {};
    const progress = context?.progress?.bind(context);
    const result = await this.#connection.request(
      {
        tool: name,
        mayRepeat: readOnlyHint === true || idempotentHint === true,
        signal: context?.signal,
        onProgress: progress && ((told: Progress) => progress(progressOf(told))),
        prepare: (live) => this.#check(live, name),
      },
      (client, sending) => client.callTool({ name, arguments: args }, sending),
    );
    return this.#read(name, result);
  }

  /** Refuses a call of a tool that is no longer what was accepted. */
  async #check(live: Live, name: string): Promise<void> {
    const { infos, refused } = await this.#fresh(live);
    const { place } = this.#connection;
    const change = refused.get(name);
    if (change)
      throw new McpChangedError(
        `MCP server "${place.server}" ${refusal(change)} The tool was not called.`,
        { ...place, tool: name, changed: change.changed },
      );
    if (!infos.has(name))
      throw new McpProtocolError(
        `MCP server "${place.server}" has no tool ${JSON.stringify(name)} any more. Ask for its tools again.`,
        { ...place, tool: name },
      );
  }

  #read(name: string, result: CallToolResult) {
    if (!result.isError) return toolOutput(result);
    const text = textOf(result).slice(0, longestFailure) || "The tool failed and does not say why.";
    throw new McpToolError(text, { ...this.#connection.place, tool: name });
  }

  /** Once each: lists are asked for again and again. */
  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#options.onWarning?.(`MCP server "${this.#options.name}" ${message}`);
  }
}

function infoOf({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  annotations,
}: ListedTool): McpToolInfo {
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    inputSchema: inputSchema as McpToolInfo["inputSchema"],
    ...(outputSchema !== undefined && {
      outputSchema: outputSchema as McpToolInfo["outputSchema"],
    }),
    ...(annotations !== undefined && { annotations }),
  };
}

function refusal({ tool: name, changed }: McpChange): string {
  const isNew = changed.includes("everything");
  const what = isNew
    ? "was never accepted"
    : `has changed its ${changed.join(", ")} since it was accepted`;
  return `offers the tool ${JSON.stringify(name)}, which ${what}. Look at it with server.changes(), then server.accept(${JSON.stringify(name)}).`;
}

function progressOf({ progress, total, message }: Progress) {
  return {
    progress,
    ...(total !== undefined && { total }),
    ...(message !== undefined && { message }),
  };
}
