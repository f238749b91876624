/** What a file of the user's exports: an agent, a knowledge base. */
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
  const { found, module } = await loadExport(file, {
    names: ["agent"],
    is: isAgent,
    lacks: "no agent: `export default agent({ … })`, or one named `agent`.",
  });
  return { agent: found, context: module.context };
}

export interface Wanted<T> {
  /** Under which it may be exported, beside as default. */
  names: readonly string[];
  is(value: unknown): value is T;
  /** What the file lacks, and how one would export it. */
  lacks: string;
}

/** @throws UsageError saying what the file lacks; Error where it could not be loaded */
export async function loadExport<T>(
  file: string,
  { names, is, lacks }: Wanted<T>,
): Promise<{ found: T; module: Exports }> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`There is no file ${file}.`);
  const module = await imported(file, pathToFileURL(path).href);
  const { default: own } = module;
  // What CommonJS exports is the default export.
  const inner = typeof own === "object" && own !== null && !is(own) ? (own as Exports) : {};
  const all = [own, ...names.map((name) => module[name])];
  const found = [...all, inner.default, ...names.map((name) => inner[name])].find(is);
  if (found) return { found, module: { ...inner, ...module } };
  const there = Object.keys(module);
  const other = there.find((name) => is(module[name]));
  const hint = other
    ? `"${other}" is one: export it as default.`
    : `It exports ${there.join(", ") || "nothing"}.`;
  throw new UsageError(`${file} exports ${lacks} ${hint}`);
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
