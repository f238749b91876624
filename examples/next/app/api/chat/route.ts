/** The endpoint that `useChat` calls: a reply streamed in the AI SDK's format. */
import { completion, type Message } from "polycall";

interface ChatMessage {
  role: "system" | "user" | "assistant";
  parts: { type: string; text?: string }[];
}

/** What `useChat` keeps of a message, as OpenAI's: its text. */
function messageOf({ role, parts }: ChatMessage): Message {
  return { role, content: parts.map(({ text = "" }) => text).join("") };
}

export async function POST(request: Request): Promise<Response> {
  const { messages } = (await request.json()) as { messages: ChatMessage[] };
  const stream = await completion({
    model: process.env.MODEL ?? "openai/gpt-6-luna",
    messages: messages.map(messageOf),
    stream: true,
    signal: request.signal,
  });
  return stream.toResponse({ format: "ai-sdk" });
}
