/** A body of any of the APIs as the pieces that a cache reads, in its order: tools, system, messages. Pure. */
import { marks } from "./estimate.ts";

type Json = { readonly [key: string]: unknown };

export interface Segment {
  kind: "tool" | "system" | "message";
  /** Where in the body. */
  place: string;
  value: unknown;
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export function segmentsOf(body: Json): Segment[] {
  const segments: Segment[] = [];
  const add = (kind: Segment["kind"], place: string, value: unknown) =>
    void segments.push({ kind, place, value });
  for (const [index, tool] of listOf(body.tools).entries()) {
    const declared = isObject(tool) ? tool.functionDeclarations : undefined;
    if (!Array.isArray(declared)) add("tool", `tools[${index}]`, tool);
    for (const [at, one] of listOf(declared).entries()) {
      add("tool", `tools[${index}].functionDeclarations[${at}]`, one);
    }
  }
  for (const name of ["system", "instructions"]) {
    const system = body[name];
    if (typeof system === "string") add("system", name, system);
    for (const [index, block] of listOf(system).entries())
      add("system", `${name}[${index}]`, block);
  }
  const instruction = body.systemInstruction;
  for (const [index, part] of listOf(
    isObject(instruction) ? instruction.parts : undefined,
  ).entries()) {
    add("system", `systemInstruction.parts[${index}]`, part);
  }
  const name = ["messages", "input", "contents"].find((key) => body[key] !== undefined);
  if (!name) return segments;
  const messages = body[name];
  if (typeof messages === "string") add("message", name, messages);
  let leads = true;
  for (const [index, message] of listOf(messages).entries()) {
    const { role } = isObject(message) ? message : ({} as Json);
    leads &&= role === "system" || role === "developer";
    add(leads ? "system" : "message", `${name}[${index}]`, message);
  }
  return segments;
}

/** The name of a tool, in any API's words. */
export function toolName(tool: unknown): string {
  if (!isObject(tool)) return "";
  const inner = isObject(tool.function) ? tool.function : tool;
  return String(inner.name ?? tool.type ?? "");
}

/** The text of a system segment, or its JSON where it is none. */
export function systemText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) return "";
  const { text, content } = value;
  if (typeof text === "string") return text;
  if (Array.isArray(content)) return content.map(systemText).join("");
  return typeof content === "string" ? content : stable(value);
}

/** A value as a cache sees it: without marks, a lone text part as the text that it is. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (marks.has(key)) return undefined;
    if (key !== "content" || !Array.isArray(inner) || inner.length !== 1) return inner;
    const [part] = inner as [Json];
    return /^(?:input_)?text$/.test(String(part?.type)) ? part.text : inner;
  });
}

export interface BodyMark {
  place: string;
  ttl?: string;
}

/** The marks in a value, in order. */
export function marksOf(value: unknown, place: string): BodyMark[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => marksOf(one, `${place}[${at}]`));
  if (!isObject(value)) return [];
  const inner: BodyMark[] = [];
  for (const [key, one] of Object.entries(value)) {
    if (marks.has(key) || !isObject(one)) continue;
    if (key === "content" || key === "output") inner.push(...marksOf(one, `${place}.${key}`));
  }
  const own = value.cache_control ?? value.prompt_cache_breakpoint;
  if (!isObject(own)) return inner;
  return [...inner, { place, ...(typeof own.ttl === "string" && { ttl: own.ttl }) }];
}
