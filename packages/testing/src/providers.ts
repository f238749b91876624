/** The providers the simulator plays: where each lives on the one server and how it differs. */

/** How a host's Chat Completions differ from OpenAI's own. */
export interface ChatHabits {
  /** Prefix of completion ids. */
  id: string;
  /** Where a stream carries its usage. */
  usage: "own chunk" | "finish chunk" | "after finish";
  /** Where reasoning text goes; none when it is only counted. */
  reasoning?: "reasoning_content" | "reasoning";
  /** Length and prefix of tool-call ids. */
  callId: { prefix: string; length: number };
  /** A comment line sent before the first event. */
  comment?: string;
  /** True when `error.code` is the HTTP status as a number. */
  numericErrors?: boolean;
  /** Extra fields of every reply. */
  extra?: Record<string, string>;
  /** True when unknown request fields are let through, as lenient servers do. */
  lenient?: boolean;
}

/** One provider on the simulator. */
export interface SimulatedProvider {
  name: string;
  /** Path below the server's URL that is this provider's base URL. */
  basePath: string;
  family: "openai" | "anthropic" | "gemini" | "ollama";
  /** Environment variables of key and base URL. */
  keyEnv: string;
  baseURLEnv: string;
  chat: ChatHabits;
  /** True where no key is needed. */
  keyless?: boolean;
}

const openaiChat: ChatHabits = {
  id: "chatcmpl-",
  usage: "own chunk",
  callId: { prefix: "call_", length: 24 },
};

function host(
  name: string,
  basePath: string,
  chat: Partial<ChatHabits> = {},
  keyless = false,
): SimulatedProvider {
  const variable = name.toUpperCase();
  return {
    name,
    basePath: `/${name}${basePath}`,
    family: "openai",
    keyEnv: `${variable}_API_KEY`,
    baseURLEnv: `${variable}_BASE_URL`,
    chat: { ...openaiChat, lenient: name !== "openai" && name !== "azure", ...chat },
    keyless,
  };
}

/** Every provider the simulator plays. */
export const providers: SimulatedProvider[] = [
  host("openai", "/v1"),
  { ...host("anthropic", ""), family: "anthropic" },
  { ...host("gemini", ""), family: "gemini" },
  host("openrouter", "/api/v1", {
    id: "gen-",
    usage: "after finish",
    reasoning: "reasoning",
    comment: ": OPENROUTER PROCESSING",
    numericErrors: true,
    extra: { provider: "Simulator" },
  }),
  { ...host("ollama", "", { reasoning: "reasoning" }, true), family: "ollama" },
  host("azure", "/openai/v1"),
  host("groq", "/openai/v1", { reasoning: "reasoning" }),
  host("mistral", "/v1", {
    id: "",
    usage: "finish chunk",
    callId: { prefix: "", length: 9 },
  }),
  host("deepseek", "", {
    id: "",
    usage: "finish chunk",
    reasoning: "reasoning_content",
    callId: { prefix: "call_00_", length: 24 },
  }),
  host("xai", "/v1", { reasoning: "reasoning_content" }),
  host("together", "/v1", { usage: "finish chunk" }),
  host("fireworks", "/inference/v1", { usage: "finish chunk" }),
  host("cerebras", "/v1", { usage: "finish chunk", reasoning: "reasoning" }),
  host("vllm", "/v1", { reasoning: "reasoning_content" }, true),
  host("lmstudio", "/v1", {}, true),
  host("custom_openai", "/v1", {}, true),
];

/** The provider of that name. */
export function providerNamed(name: string): SimulatedProvider | undefined {
  return providers.find((provider) => provider.name === name);
}
