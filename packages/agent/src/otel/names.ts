/**
 * The names of the GenAI conventions, which are still in development: our own table, so that an update of a
 * package changes none of them. Source: open-telemetry/semantic-conventions-genai at
 * 024a4f944a1291fcb627c9c47da69e79868dd15e, docs/gen-ai, read 2026-11-26.
 */
export const genAI = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  conversation: "gen_ai.conversation.id",
  agentName: "gen_ai.agent.name",
  agentDescription: "gen_ai.agent.description",
  toolName: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  toolDescription: "gen_ai.tool.description",
  toolCallId: "gen_ai.tool.call.id",
  requestModel: "gen_ai.request.model",
  stream: "gen_ai.request.stream",
  outputType: "gen_ai.output.type",
  responseId: "gen_ai.response.id",
  responseModel: "gen_ai.response.model",
  finishReasons: "gen_ai.response.finish_reasons",
  timeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  serverAddress: "server.address",
  serverPort: "server.port",
  errorType: "error.type",
} as const;

/** Parameters of a request, by our name for them. */
export const requestParams = {
  max_tokens: "gen_ai.request.max_tokens",
  max_completion_tokens: "gen_ai.request.max_tokens",
  temperature: "gen_ai.request.temperature",
  top_p: "gen_ai.request.top_p",
  top_k: "gen_ai.request.top_k",
  frequency_penalty: "gen_ai.request.frequency_penalty",
  presence_penalty: "gen_ai.request.presence_penalty",
  seed: "gen_ai.request.seed",
  stop: "gen_ai.request.stop_sequences",
  reasoning_effort: "gen_ai.request.reasoning.level",
} as const;

/** What is written only where the user wants content in traces. */
export const content = {
  system: "gen_ai.system_instructions",
  input: "gen_ai.input.messages",
  output: "gen_ai.output.messages",
  tools: "gen_ai.tool.definitions",
  callArguments: "gen_ai.tool.call.arguments",
  callResult: "gen_ai.tool.call.result",
} as const;

/** Token counts: the attributes of a span. `metric`: the counters of the same. */
export const tokens = {
  input: "gen_ai.usage.input_tokens",
  output: "gen_ai.usage.output_tokens",
  cacheRead: "gen_ai.usage.cache_read.input_tokens",
  cacheWrite: "gen_ai.usage.cache_write.input_tokens",
  reasoning: "gen_ai.usage.reasoning.output_tokens",
  audioInput: "gen_ai.usage.audio.input_tokens",
  imageInput: "gen_ai.usage.image.input_tokens",
  textInput: "gen_ai.usage.text.input_tokens",
  audioOutput: "gen_ai.usage.audio.output_tokens",
  textOutput: "gen_ai.usage.text.output_tokens",
} as const;

export const operations = { agent: "invoke_agent", model: "chat", tool: "execute_tool" } as const;

/** The histogram of how long each kind of operation takes, in s. */
export const durations = {
  agent: "gen_ai.invoke_agent.duration",
  model: "gen_ai.client.inference.duration",
  tool: "gen_ai.execute_tool.duration",
} as const;

/** The boundaries that the conventions ask for, in s. */
export const durationBuckets = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** The conventions' word for a provider, where it is not ours. */
export const providers: { readonly [name: string]: string } = {
  azure: "azure.ai.openai",
  bedrock_mantle: "aws.bedrock",
  gemini: "gcp.gemini",
  google_openai: "gcp.gemini",
  vertex: "gcp.vertex_ai",
  mistral: "mistral_ai",
  moonshot: "moonshot_ai",
  xai: "x_ai",
};

/** What the conventions have no name for. */
export const own = {
  /** Which run, and which call of it: what `agent.resume()` takes, and the idempotency key. */
  runId: "polycall.run.id",
  callId: "polycall.call.id",
  /** "done", "stopped", "waiting", "blocked". */
  status: "polycall.run.status",
  /** Dollars; of a run with all that it called. */
  cost: "polycall.cost.usd",
} as const;
