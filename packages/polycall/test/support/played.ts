/** Every provider that the simulator plays, a model of each, and what that one cannot be asked for. */

/** Meanings that some provider has no words for: asking for them is refused before sending. */
export type Meaning = "stop" | "file" | "forced call";

export interface Played {
  /** Provider, and endpoint where there are two, for the test's name. */
  name: string;
  provider: string;
  model: string;
  lacks?: readonly Meaning[];
  /** `parallel_tool_calls: false` is left out with a warning. */
  callsInParallel?: boolean;
}

export const played: readonly Played[] = [
  { name: "openai chat", provider: "openai", model: "openai/chat/gpt-4.1-mini" },
  {
    name: "openai responses",
    provider: "openai",
    model: "openai/responses/gpt-4.1-mini",
    lacks: ["stop"],
  },
  { name: "anthropic", provider: "anthropic", model: "anthropic/claude-haiku-4-5" },
  {
    name: "gemini",
    provider: "gemini",
    model: "gemini/gemini-3.5-flash-lite",
    callsInParallel: true,
  },
  {
    name: "vertex express",
    provider: "vertex",
    model: "vertex/gemini-2.5-flash-lite",
    callsInParallel: true,
  },
  { name: "openrouter", provider: "openrouter", model: "openrouter/z-ai/glm-4.7" },
  {
    name: "ollama",
    provider: "ollama",
    model: "ollama/llama3.2",
    lacks: ["file", "forced call"],
    callsInParallel: true,
  },
  { name: "azure", provider: "azure", model: "azure/gpt-4.1-mini" },
  { name: "groq", provider: "groq", model: "groq/llama-3.3-70b-versatile", lacks: ["file"] },
  { name: "mistral", provider: "mistral", model: "mistral/mistral-large-latest" },
  {
    name: "deepseek",
    provider: "deepseek",
    model: "deepseek/deepseek-chat",
    lacks: ["file"],
    callsInParallel: true,
  },
  { name: "xai", provider: "xai", model: "xai/grok-4-fast-non-reasoning", lacks: ["file"] },
  {
    name: "together",
    provider: "together",
    model: "together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
    lacks: ["file"],
    callsInParallel: true,
  },
  {
    name: "fireworks",
    provider: "fireworks",
    model: "fireworks/accounts/fireworks/models/kimi-k2-instruct",
  },
  { name: "cerebras", provider: "cerebras", model: "cerebras/llama-3.3-70b", lacks: ["file"] },
  { name: "vllm", provider: "vllm", model: "vllm/Qwen/Qwen3-8B" },
  { name: "lmstudio", provider: "lmstudio", model: "lmstudio/qwen3-8b" },
  { name: "custom_openai", provider: "custom_openai", model: "custom_openai/a-model" },
];

/** Each of them, whole and streamed. */
export const ways = played.flatMap((one) =>
  [false, true].map((stream) => ({ ...one, stream, way: stream ? "streamed" : "plain" })),
);
