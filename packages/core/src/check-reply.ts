/** Whether an adapter's reading of a reply is what its type says: a host may write anything. */
import { checkShape, type Shape } from "./check-shape.ts";
import type { CompletionChunk, CompletionData } from "./types/completion.ts";

const call: Shape = {
  id: "string",
  "function?": { name: "string", arguments: "string" },
  "custom?": { name: "string", input: "string" },
};

const reply: Shape = {
  id: "string",
  created: "number",
  model: "string",
  choices: [
    {
      index: "integer",
      finish_reason: "string",
      message: {
        "content?": "string",
        "refusal?": "string",
        "reasoning_content?": "string",
        "tool_calls?": [call],
      },
    },
  ],
  "usage?": { prompt_tokens: "number", completion_tokens: "number", total_tokens: "number" },
};

/** @throws TypeError naming the place, for `reading` to take for no reply of this API */
export function checkReply(data: CompletionData): CompletionData {
  try {
    checkShape(data, reply, "reply");
  } catch (error) {
    throw new TypeError((error as Error).message);
  }
  return data;
}

/** Only what every token goes through; the rest is checked in the whole reply. @throws TypeError */
export function checkChunks(chunks: readonly CompletionChunk[]): readonly CompletionChunk[] {
  for (const { id, model, choices } of chunks) {
    if (typeof id !== "string" || typeof model !== "string") {
      throw new TypeError("a chunk's id or model is no text");
    }
    for (const { delta } of choices) {
      if (isText(delta.content) && isText(delta.reasoning_content)) continue;
      throw new TypeError("a delta holds something else than text");
    }
  }
  return chunks;
}

/** The most that one list of a streamed reply may hold: an index beyond it would fill the memory. */
const mostItems = 100_000;

/** Where in a list an event of a stream belongs. @throws TypeError for an index that is none */
export function checkIndex(index: unknown): number {
  if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < mostItems) {
    return index as number;
  }
  throw new TypeError(`${String(index).slice(0, 40)} is no index`);
}

const isText = (value: unknown) =>
  typeof value === "string" || value === undefined || value === null;
