/** The print of a call: hashes and counts of what its provider's cache saw, no text. Pure. */
import type { CachePlan, CacheTtl, CompletionData, Plan } from "@polycall/core";
import { numberOf } from "./hash.ts";
import { segmentsOf, stable, systemText, toolName } from "./segments.ts";

/** A change of the system prompt is told to so many letters. */
export const blockLength = 32;
/** What is remembered of one call at most, in blocks of system text, tools and messages each. */
const most = 4096;

/** Parameters that are part of what is cached, though they stand outside of the prompt. */
const settings = ["tool_choice", "thinking", "output_config", "response_format", "text", "speed"];

export interface Print {
  provider: string;
  model: string;
  key: string | undefined;
  mechanism: CachePlan["mechanism"];
  minimum: number;
  ttl: CacheTtl | undefined;
  marks: number;
  /** ms since 1970 at which the call began, and at which its reply was whole. */
  from: number;
  at: number;
  tools: readonly { name: string; hash: number }[];
  /** A hash for each block of the system text, and its length. */
  system: readonly number[];
  systemLength: number;
  /** A hash for each line of it, which a change of length elsewhere does not move. */
  lines: readonly number[];
  messages: readonly number[];
  /** Where the messages stand in the body. */
  places: readonly string[];
  settings: ReadonlyMap<string, number>;
  /** Tokens of the whole input, and those that were in the cache after the call. */
  prompt: number;
  read: number;
  cached: number;
}

/** @param seed of this process: hashes of short texts are nobody's to look up */
export function printOf(
  plan: Plan,
  reply: CompletionData,
  seed: number,
  { from, at: now }: Pick<Print, "from" | "at">,
): Print {
  const { provider, model, body, cache } = plan;
  const { prompt_tokens: prompt = 0, prompt_tokens_details: details } = reply.usage ?? {};
  const { cached_tokens: read = 0, cache_write_tokens: written = 0 } = details ?? {};
  const segments = segmentsOf(body);
  const system = segments.filter(({ kind }) => kind === "system");
  const text = system.map(({ value }) => systemText(value)).join("\n");
  const messages = segments.filter(({ kind }) => kind === "message").slice(0, most);
  const hash = (value: unknown) => numberOf(stable(value) ?? "", seed);
  const blocks: number[] = [];
  for (let at = 0; at < text.length && blocks.length < most; at += blockLength) {
    blocks.push(numberOf(text.slice(at, at + blockLength), seed));
  }
  return {
    provider,
    model,
    key: cache?.key,
    mechanism: cache?.mechanism ?? "unknown",
    minimum: cache?.minimum ?? 0,
    ttl: cache?.ttl,
    marks: cache?.marks.length ?? 0,
    from,
    at: now,
    tools: segments
      .filter(({ kind }) => kind === "tool")
      .slice(0, most)
      .map(({ value }) => ({ name: toolName(value), hash: hash(value) })),
    system: blocks,
    systemLength: text.length,
    lines: text
      .split("\n", most)
      .filter(Boolean)
      .map((line) => numberOf(line, seed)),
    messages: messages.map(({ value }) => hash(value)),
    places: messages.map(({ place }) => place),
    settings: new Map(
      settings.filter((name) => body[name] !== undefined).map((name) => [name, hash(body[name])]),
    ),
    prompt,
    read,
    cached: read + written,
  };
}
