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
  /** True when usage also says what was and was not in the cache, as DeepSeek's does. */
  hitAndMiss?: boolean;
  /** True when unknown request fields are let through, as lenient servers do. */
  lenient?: boolean;
}

/** One provider on the simulator. */
export interface SimulatedProvider {
  name: string;
  /** Path below the server's URL that is this provider's base URL. */
  basePath: string;
  family: "openai" | "anthropic" | "gemini" | "ollama";
  /** Variables for key and base URL; none where clients read no base URL from the environment. */
  env?: { apiKey: string; baseURL: string };
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
  more: Partial<SimulatedProvider> = {},
): SimulatedProvider {
  return {
    name,
    basePath: `/${name}${basePath}`,
    family: "openai",
    chat: { ...openaiChat, lenient: true, ...chat },
    ...more,
  };
}

function env(apiKey: string, baseURL: string): Pick<SimulatedProvider, "env"> {
  return { env: { apiKey, baseURL } };
}

/** Every provider the simulator plays. */
export const providers: SimulatedProvider[] = [
  host("openai", "/v1", { lenient: false }, env("OPENAI_API_KEY", "OPENAI_BASE_URL")),
  host(
    "anthropic",
    "",
    {},
    { family: "anthropic", ...env("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL") },
  ),
  host("gemini", "", {}, { family: "gemini", ...env("GEMINI_API_KEY", "GEMINI_BASE_URL") }),
  host("vertex", "", {}, { family: "gemini", ...env("GOOGLE_VERTEX_API_KEY", "VERTEX_BASE_URL") }),
  host("openrouter", "/api/v1", {
    id: "gen-",
    usage: "after finish",
    reasoning: "reasoning",
    comment: ": OPENROUTER PROCESSING",
    numericErrors: true,
    extra: { provider: "Simulator" },
  }),
  host(
    "ollama",
    "",
    { reasoning: "reasoning" },
    { family: "ollama", keyless: true, ...env("OLLAMA_API_KEY", "OLLAMA_BASE_URL") },
  ),
  host("azure", "/openai/v1", { lenient: false }, env("AZURE_API_KEY", "AZURE_API_BASE")),
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
    hitAndMiss: true,
  }),
  host("voyage", "/v1"),
  host("jina", "/v1"),
  host("cohere", ""),
  host("tei", "", {}, { keyless: true }),
  host("xai", "/v1", { reasoning: "reasoning_content" }),
  host("together", "/v1", { usage: "finish chunk" }),
  host("fireworks", "/inference/v1", { usage: "finish chunk" }),
  host("cerebras", "/v1", { usage: "finish chunk", reasoning: "reasoning" }),
  host(
    "vllm",
    "/v1",
    { reasoning: "reasoning_content" },
    { keyless: true, ...env("VLLM_API_KEY", "VLLM_BASE_URL") },
  ),
  host("lmstudio", "/v1", {}, { keyless: true, ...env("LM_STUDIO_API_KEY", "LM_STUDIO_BASE_URL") }),
  host(
    "custom_openai",
    "/v1",
    {},
    { keyless: true, ...env("CUSTOM_OPENAI_API_KEY", "CUSTOM_OPENAI_BASE_URL") },
  ),
];

/** The provider of that name. */
export function providerNamed(name: string): SimulatedProvider | undefined {
  return providers.find((provider) => provider.name === name);
}
