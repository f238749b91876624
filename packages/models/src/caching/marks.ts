/** The cache marks of a request: found, taken off, set. Pure: nothing of the caller's is changed. */
import type { CompletionRequest, Message } from "@polycall/core";

export interface Mark {
  type: "ephemeral";
  ttl?: string;
}

type Json = { readonly [key: string]: unknown };

/** The mark of a tool, a message or one of its parts; the last part's is nearest to the end. */
export function markOf(one: object): Json | undefined {
  const { cache_control, content } = one as Json;
  const inParts = Array.isArray(content)
    ? content.findLast((part) => part?.cache_control)
    : undefined;
  const mark = cache_control ?? inParts?.cache_control;
  return typeof mark === "object" && mark !== null ? (mark as Json) : undefined;
}

/** How many marks a tool or a message holds. */
export function marksIn(one: object): number {
  const { cache_control, content } = one as Json;
  const parts = Array.isArray(content) ? content.filter((part) => part?.cache_control).length : 0;
  return parts + (cache_control ? 1 : 0);
}

const isMark = (key: string) => key === "cache_control" || key === "prompt_cache_breakpoint";

function unmarked<T extends object>(one: T): T {
  if (!Object.keys(one).some(isMark)) return one;
  return Object.fromEntries(Object.entries(one).filter(([key]) => !isMark(key))) as T;
}

/** The request without any mark, OpenAI's breakpoints included. */
export function withoutMarks(request: CompletionRequest): CompletionRequest {
  const bare = unmarked(request);
  const messages = bare.messages.map((message): Message => {
    const { content } = message;
    if (!Array.isArray(content)) return unmarked(message);
    return { ...unmarked(message), content: (content as object[]).map(unmarked) } as Message;
  });
  const { tools } = bare;
  return { ...bare, messages, ...(tools && { tools: tools.map(unmarked) }) };
}

/** Where a mark may stand in a request: after the tools, or after a message. */
export type Place = "tools" | number;

/** The request with marks at these places, on whole tools and messages, as LiteLLM writes them. */
export function withMarks(
  request: CompletionRequest,
  marks: ReadonlyMap<Place, Mark>,
): CompletionRequest {
  if (!marks.size) return request;
  const messages = [...request.messages];
  let { tools } = request;
  for (const [place, mark] of marks) {
    if (place !== "tools") {
      messages[place] = { ...messages[place]!, cache_control: mark } as Message;
    } else if (tools?.length) {
      const last = { ...tools.at(-1)!, cache_control: mark } as (typeof tools)[number];
      tools = tools.with(-1, last);
    }
  }
  return { ...request, messages, ...(tools && { tools }) };
}
