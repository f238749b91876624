/** Remembers how tools describe themselves, so that one that changes later is noticed before it is called. */
import { InvalidRequestError } from "@polycall/core";
import { McpError } from "./errors.ts";
import { canonical, hash } from "./hash.ts";
import { fullName } from "./names.ts";
import type { McpToolInfo } from "./options.ts";

/** Where pins are kept: any map of strings. A `Map` is one. */
export interface PinStore {
  get(key: string): string | undefined | Promise<string | undefined>;
  set(key: string, pin: string): unknown;
}

export interface PinOptions {
  /** A file (made when it is missing) or a store. Default: memory. */
  store?: string | PinStore;
  /** What becomes of a tool that has no pin yet: it is trusted (default), or refused until it is accepted. */
  firstSight?: "trust" | "refuse";
  /** Told of each change; true, or a promise of it, accepts. Otherwise the tool is refused until `accept()`. */
  onChange?: (change: McpChange) => unknown;
}

/** A tool whose own words are not (or no longer) those that were accepted. */
export interface McpChange {
  server: string;
  /** Its name at the server. */
  tool: string;
  /** Which of its fields differ; "everything" for a tool that was never accepted. */
  changed: readonly string[];
  /** As it describes itself now. */
  now: McpToolInfo;
}

/** The fields that a model reads or that decide how a tool is treated. */
const fields = ["title", "description", "inputSchema", "outputSchema", "annotations"] as const;

/** The pins of one server. */
export class Pins {
  readonly #server: string;
  readonly #store: PinStore;
  readonly #firstSight: "trust" | "refuse";
  readonly #onChange: PinOptions["onChange"];
  /** What the store says of tools this session, so that a store that fails to write is no hole. */
  readonly #refused = new Map<string, McpChange & { pin: string }>();

  constructor(server: string, options: PinOptions & { store: PinStore }) {
    this.#server = server;
    this.#store = options.store;
    this.#firstSight = options.firstSight ?? "trust";
    this.#onChange = options.onChange;
  }

  /** Compares a tool with its pin. Undefined: it may be offered and called. */
  async check(tool: McpToolInfo): Promise<McpChange | undefined> {
    const key = fullName(this.#server, tool.name);
    const pin = await pinOf(tool);
    const known = await this.#kept(key);
    if (known === pin) {
      this.#refused.delete(tool.name);
      return undefined;
    }
    const told = this.#refused.get(tool.name);
    if (told?.pin === pin) return told;
    if (known === undefined && this.#firstSight === "trust") {
      await this.#keep(key, pin);
      return undefined;
    }
    const changed = known === undefined ? ["everything"] : difference(known, pin);
    const change = { server: this.#server, tool: tool.name, changed, now: tool, pin };
    this.#refused.set(tool.name, change);
    if ((await this.#onChange?.(change)) !== true) return change;
    await this.#keep(key, pin);
    this.#refused.delete(tool.name);
    return undefined;
  }

  async #kept(key: string): Promise<string | undefined> {
    try {
      return await this.#store.get(key);
    } catch (error) {
      throw storeFailure(this.#server, error);
    }
  }

  async #keep(key: string, pin: string): Promise<void> {
    try {
      await this.#store.set(key, pin);
    } catch (error) {
      throw storeFailure(this.#server, error);
    }
  }

  /** What was refused and is not accepted yet. */
  refused(): readonly McpChange[] {
    return [...this.#refused.values()].map(({ pin: _, ...change }) => change);
  }

  /** Accepts a refused tool as it was when it was refused; without a name, all of them. */
  async accept(tool?: string): Promise<void> {
    if (tool !== undefined && !this.#refused.has(tool))
      throw new InvalidRequestError(
        `MCP server "${this.#server}": nothing of the tool ${JSON.stringify(tool)} waits to be accepted. server.changes() lists what does.`,
      );
    for (const { tool: name, pin } of [...this.#refused.values()]) {
      if (tool !== undefined && tool !== name) continue;
      await this.#keep(fullName(this.#server, name), pin);
      this.#refused.delete(name);
    }
  }
}

/** A hash for each field: what changed can be named later without keeping the words. */
async function pinOf(tool: McpToolInfo): Promise<string> {
  const hashes = await Promise.all(
    fields.map(async (field) => `${field}:${(await hash(canonical(tool[field]))).slice(0, 32)}`),
  );
  return hashes.join(" ");
}

function difference(known: string, pin: string): string[] {
  const before = known.split(" ");
  const changed = pin.split(" ").filter((one) => !before.includes(one));
  return changed.length ? changed.map((one) => one.split(":")[0]!) : ["everything"];
}

/** Without its pins nothing of a server is offered. */
function storeFailure(server: string, cause: unknown): McpError {
  if (cause instanceof McpError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new McpError(
    `MCP server "${server}": the store of its pins failed: ${said}. Nothing that the server says is trusted meanwhile.`,
    { server, cause },
  );
}
