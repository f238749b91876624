/** The recorded requests whose prompt tokens their provider told, and whether they are held out. */
import { createHash } from "node:crypto";
import type { Interaction, WireData } from "@polycall/testing";
import { readPrompt } from "../../packages/models/src/tokens/body.ts";

export interface Recorded {
  file: string;
  model: string;
  body: { [key: string]: unknown };
  /** The provider's own count. */
  tokens: number;
  /** Not among those that the families' constants were fitted to. */
  heldOut: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: any provider's reply
type Json = { [key: string]: any };

/**
 * Text and tools only: what a server keeps or adds (conversations, its own tools) is in no request, and
 * the recordings' pictures are cut.
 */
export function recorded(data: WireData): Recorded[] {
  return data.list().flatMap((file) =>
    data.read(file).interactions.flatMap((interaction): Recorded[] => {
      const { request } = interaction;
      const body = request.body as Json | null;
      if (!isPlain(interaction) || !body) return [];
      const tokens = tokensOf(interaction);
      const fromPath = /models\/([^:/]+):/.exec(decodeURIComponent(request.url))?.[1];
      const model = typeof body.model === "string" ? body.model : fromPath;
      if (!tokens || !model) return [];
      const digest = createHash("md5").update(file).digest();
      return [{ file, model, body, tokens, heldOut: digest.at(-1)! % 2 === 1 }];
    }),
  );
}

function isPlain({ request, response }: Interaction): boolean {
  const body = request.body as Json | null;
  if (
    response.status !== 200 ||
    typeof body !== "object" ||
    !body ||
    /embed|compact/i.test(request.url)
  ) {
    return false;
  }
  const kept = [
    "previous_response_id",
    "conversation",
    "cachedContent",
    "container",
    "mcp_servers",
  ];
  if (kept.some((key) => body[key]) || /compound|search/.test(String(body.model))) return false;
  const { media, ownTools, messages } = readPrompt(body);
  return !media.length && !ownTools && messages > 0;
}

/** The last count of the prompt that the reply has; Claude's first, which is without its own tools' turns. */
function tokensOf({ request, response }: Interaction): number | undefined {
  const text = response.body ?? "";
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith("data:"));
  const events = /^\s*[{[]/.test(text) ? [text] : lines.map((line) => line.slice(5));
  let tokens: number | undefined;
  for (const event of events) {
    if (!event.includes("{")) continue;
    const reply = JSON.parse(event) as Json;
    if (/count_tokens|input_tokens$/.test(request.url)) return reply.input_tokens;
    if (request.url.includes(":countTokens")) return reply.totalTokens;
    const usage =
      reply.usage ??
      reply.response?.usage ??
      reply.message?.usage ??
      reply.usageMetadata ??
      reply.x_groq?.usage;
    if (!usage) continue;
    if (usage.promptTokenCount) tokens = usage.promptTokenCount;
    else if (usage.prompt_tokens) tokens = usage.prompt_tokens;
    else if (/\/messages/.test(request.url)) {
      const { input_tokens = 0, cache_read_input_tokens, cache_creation_input_tokens } = usage;
      tokens ??=
        input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0) ||
        undefined;
    } else if (usage.input_tokens) tokens = usage.input_tokens;
  }
  return tokens;
}
