/** The agent that a file exports. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Agent } from "@polycall/agent";
import { UsageError } from "../command.ts";

export interface Loaded {
  agent: Agent;
  /** What the file gives its tools: its export `context`. */
  context: unknown;
}

/** @throws UsageError saying what the file lacks; Error where it could not be loaded */
export async function loadAgent(file: string): Promise<Loaded> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`There is no file ${file}.`);
  const module = await imported(file, pathToFileURL(path).href);
  const { default: own } = module;
  // What CommonJS exports is the default export.
  const inner = typeof own === "object" && own !== null && !isAgent(own) ? (own as Exports) : {};
  const agent = [own, module.agent, inner.default, inner.agent].find(isAgent);
  if (agent) return { agent, context: module.context ?? inner.context };
  const names = Object.keys(module);
  const others = names.filter((name) => isAgent(module[name]));
  const hint = others.length
    ? `"${others[0]}" is one: export it as default.`
    : `It exports ${names.join(", ") || "nothing"}.`;
  throw new UsageError(
    `${file} exports no agent: \`export default agent({ … })\`, or one named \`agent\`. ${hint}`,
  );
}

type Exports = Readonly<Record<string, unknown>>;

/** By what it can do: the file may have a copy of the package of its own. */
function isAgent(value: unknown): value is Agent {
  const { name, stream, resumeStream } = (value ?? {}) as Partial<Agent>;
  return (
    typeof name === "string" && typeof stream === "function" && typeof resumeStream === "function"
  );
}

async function imported(file: string, url: string): Promise<Exports> {
  try {
    return (await import(url)) as Exports;
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    const missing =
      code === "ERR_MODULE_NOT_FOUND" && /package '(@polycall\/\w+|polycall)'/.exec(message);
    const hint = missing ? ` Install it beside the file: npm install ${missing[1]}` : "";
    throw new Error(`${file} could not be loaded: ${message}${hint}`, { cause: error });
  }
}
