/** One model for each of the wire protocols. */
export interface Protocol {
  /** The endpoint's name. */
  protocol: string;
  provider: string;
  model: string;
}

export const protocols: readonly Protocol[] = [
  { protocol: "chat", provider: "openai", model: "openai/chat/gpt-4.1-mini" },
  { protocol: "responses", provider: "openai", model: "openai/responses/gpt-4.1-mini" },
  { protocol: "messages", provider: "anthropic", model: "anthropic/claude-haiku-4-5" },
  { protocol: "generateContent", provider: "gemini", model: "gemini/gemini-3.5-flash-lite" },
  { protocol: "ollama", provider: "ollama", model: "ollama/llama3.2" },
];
