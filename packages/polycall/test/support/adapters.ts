/** One model for each way that polycall speaks, and that provider's plainest reply. */
import type { ProviderOptions } from "@polycall/core";

export interface Spoken {
  /** Provider and endpoint, for the test's name. */
  name: string;
  provider: string;
  model: string;
  /** Besides key and base URL. */
  options?: ProviderOptions;
  /** "Hello" in the provider's words. */
  reply: unknown;
  /** Content is one string on the wire, so a part has no keys there. */
  stringContent?: boolean;
}

const chat = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hello" } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const responses = {
  id: "r",
  object: "response",
  created_at: 1,
  model: "m",
  status: "completed",
  output: [
    {
      id: "msg",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Hello", annotations: [] }],
    },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};
const messages = {
  id: "a",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
};
const generateContent = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
};
const ollamaChat = {
  model: "m",
  created_at: "2026-11-23T00:00:00Z",
  message: { role: "assistant", content: "Hello" },
  done: true,
  done_reason: "stop",
  prompt_eval_count: 1,
  eval_count: 1,
};

export const spoken: Spoken[] = [
  { name: "openai chat", provider: "openai", model: "openai/chat/gpt-4.1-mini", reply: chat },
  {
    name: "openai responses",
    provider: "openai",
    model: "openai/responses/gpt-4.1-mini",
    reply: responses,
  },
  { name: "azure", provider: "azure", model: "azure/my-deployment", reply: chat },
  { name: "openrouter", provider: "openrouter", model: "openrouter/z-ai/glm-4.7", reply: chat },
  { name: "mistral", provider: "mistral", model: "mistral/mistral-large-latest", reply: chat },
  { name: "custom_openai", provider: "custom_openai", model: "custom_openai/m", reply: chat },
  {
    name: "anthropic",
    provider: "anthropic",
    model: "anthropic/claude-haiku-4-5",
    reply: messages,
  },
  {
    name: "gemini",
    provider: "gemini",
    model: "gemini/gemini-2.5-flash-lite",
    reply: generateContent,
  },
  {
    name: "vertex express",
    provider: "vertex",
    model: "vertex/gemini-2.5-flash-lite",
    reply: generateContent,
  },
  {
    name: "ollama",
    provider: "ollama",
    model: "ollama/llama3.2",
    reply: ollamaChat,
    stringContent: true,
  },
];
