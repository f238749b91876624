/** Tool names in the shape that the target API takes, and the way back. */
import type { Changes } from "../changes.ts";
import type { Message, ToolCall } from "../types/messages.ts";
import type { ToolChoice, WireTool } from "../types/request.ts";
import { callName } from "./calls.ts";
import { stateless } from "./stateless.ts";
import { editEach, Trail } from "./trail.ts";

export interface ToolNameOptions {
  /** What the API takes. A name that fits is kept. */
  valid: RegExp;
  /** A new name for one that does not fit; `index` starts at 0 and rises until the name is free. */
  make?(name: string, index: number): string;
}

export interface NamedTools {
  tools: WireTool[] | undefined;
  messages: readonly Message[];
  tool_choice: ToolChoice | undefined;
  /** Names on the wire -> the caller's, for `Plan.toolNames`. Absent when nothing was renamed. */
  names: Readonly<Record<string, string>> | undefined;
}

/** Letters, digits, _ and - only, at most 64, starting with a letter or _ (every API's common part). */
function safeToolName(name: string, index: number): string {
  const suffix = index ? `_${index + 1}` : "";
  const safe = name.replace(/[^a-zA-Z0-9_-]/g, "_").replace(/^(?![a-zA-Z_])/, "_");
  return safe.slice(0, 64 - suffix.length) + suffix;
}

/** Renames the tools that the API would refuse: in the tools, the history and the tool choice. */
export function toolNames(
  tools: readonly WireTool[] | undefined,
  messages: readonly Message[],
  tool_choice: ToolChoice | undefined,
  changes: Changes,
  { valid, make = safeToolName }: ToolNameOptions,
): NamedTools {
  const trail = Trail.of(messages, changes);
  const fits = stateless(valid);
  const eachName = (visit: (name: string) => unknown) => {
    for (const tool of tools ?? []) {
      const name = toolName(tool);
      if (name !== undefined) visit(name);
    }
    for (const message of messages) {
      if (message.role !== "assistant") continue;
      for (const call of message.tool_calls ?? []) visit(callName(call));
    }
  };
  const misfits = new Set<string>();
  eachName((name) => fits.test(name) || misfits.add(name));
  if (!misfits.size) return { tools: tools && [...tools], messages, tool_choice, names: undefined };

  const taken = new Set<string>();
  eachName((name) => taken.add(name));
  const wire = new Map<string, string>();
  for (const name of misfits) {
    const to = free(name, make, taken, fits);
    taken.add(to);
    wire.set(name, to);
    const reason = "this API refuses the tool's name; the reply names it as you do";
    changes.note({ param: "tools", action: "renamed", from: name, to, reason });
  }
  const names: Record<string, string> = Object.create(null);
  for (const [ours, theirs] of wire) names[theirs] = ours;
  const to = (name: string) => wire.get(name) ?? name;
  const edited = editEach(messages, (message) => {
    if (message.role !== "assistant") return message;
    if (!message.tool_calls?.some((call) => wire.has(callName(call)))) return message;
    const tool_calls = message.tool_calls.map((call) => renameCall(call, to));
    return trail.copy(message, { ...message, tool_calls });
  });
  return {
    tools: tools?.map((tool) => renameTool(tool, to)),
    messages: edited,
    tool_choice: renameChoice(tool_choice, to),
    names,
  };
}

/** A provider's own tool (`{ type: "web_search_20250305", … }`) is none of ours to name. */
function toolName(tool: WireTool): string | undefined {
  if (tool.type === "custom") return tool.custom.name;
  return tool.type === "function" ? tool.function.name : undefined;
}

function free(
  name: string,
  make: (name: string, index: number) => string,
  taken: ReadonlySet<string>,
  fits: RegExp,
): string {
  for (let index = 0; index < 10_000; index++) {
    const made = make(name, index);
    if (fits.test(made) && !taken.has(made)) return made;
  }
  throw new Error(`No valid tool name can be made for ${JSON.stringify(name)}.`);
}

type Rename = (name: string) => string;

function renameTool(tool: WireTool, to: Rename): WireTool {
  if (tool.type === "custom") {
    return { ...tool, custom: { ...tool.custom, name: to(tool.custom.name) } };
  }
  if (tool.type !== "function") return tool;
  return { ...tool, function: { ...tool.function, name: to(tool.function.name) } };
}

function renameCall(call: ToolCall, to: Rename): ToolCall {
  return call.type === "custom"
    ? { ...call, custom: { ...call.custom, name: to(call.custom.name) } }
    : { ...call, function: { ...call.function, name: to(call.function.name) } };
}

function renameChoice(choice: ToolChoice | undefined, to: Rename): ToolChoice | undefined {
  if (typeof choice !== "object") return choice;
  if (choice.type === "custom") {
    return { ...choice, custom: { ...choice.custom, name: to(choice.custom.name) } };
  }
  if (choice.type === "function") {
    return { ...choice, function: { ...choice.function, name: to(choice.function.name) } };
  }
  if (choice.type !== "allowed_tools") return choice;
  const allowed = choice.allowed_tools;
  const tools = allowed.tools.map((tool) => renameAllowed(tool, to));
  return { ...choice, allowed_tools: { ...allowed, tools } };
}

/** `{ type, name }` or `{ type, function: { name } }`: both are met. */
function renameAllowed(tool: { [key: string]: unknown }, to: Rename): { [key: string]: unknown } {
  const copy = { ...tool };
  if (typeof copy.name === "string") copy.name = to(copy.name);
  for (const kind of ["function", "custom"]) {
    const inner = copy[kind] as { name?: unknown } | undefined;
    if (typeof inner?.name === "string") copy[kind] = { ...inner, name: to(inner.name) };
  }
  return copy;
}
