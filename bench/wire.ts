/** What the mock server answers: a reply and a stream of each of the three protocols. */

/** Chunks of text in a stream. */
export const chunks = 1000;

export type Protocol = "chat" | "messages" | "gemini";

const text = "some twenty-seven character";
const plainText = "y".repeat(700);

/** What a reply to the real request holds: JSON of its schema. */
const jsonText = JSON.stringify({
  city: "Paris",
  days: 3,
  hotel: "H".repeat(600),
  price: 512.5,
  refundable: true,
});

const message = {
  id: "a",
  type: "message",
  role: "assistant",
  model: "m",
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
};

const made: Record<Protocol, (content: string) => object> = {
  chat: (content) => ({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }),
  messages: (content) => ({ ...message, content: [{ type: "text", text: content }] }),
  gemini: (content) => ({
    candidates: [{ content: { role: "model", parts: [{ text: content }] }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: "m",
  }),
};

/** The whole reply as JSON text. */
export function reply(protocol: Protocol, real: boolean): string {
  return JSON.stringify(made[protocol](real ? jsonText : plainText));
}

const sse = (event: object, name?: string) =>
  `${name ? `event: ${name}\n` : ""}data: ${JSON.stringify(event)}\n\n`;

const piece = (delta: object, finish_reason: string | null = null) =>
  sse({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });

const named = (event: { type: string; [key: string]: unknown }) => sse(event, event.type);

/** A stream in three parts: its head, one event of text, its end. */
export const streams: Record<Protocol, { head: string; event: string; end: string }> = {
  chat: {
    head: piece({ role: "assistant", content: "" }),
    event: piece({ content: text }),
    end: `${piece({}, "stop")}data: [DONE]\n\n`,
  },
  messages: {
    head:
      named({ type: "message_start", message: { ...message, content: [], stop_reason: null } }) +
      named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    event: named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
    end:
      named({ type: "content_block_stop", index: 0 }) +
      named({
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { output_tokens: 9 },
      }) +
      named({ type: "message_stop" }),
  },
  gemini: {
    head: "",
    event: sse({ candidates: [{ content: { role: "model", parts: [{ text }] } }] }),
    end: sse(made.gemini(text)),
  },
};
