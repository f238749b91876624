/** A request for each thing that a model may take or not: what `polycall swap` tries without one of yours. */
import type { CompletionInput, Message } from "polycall";

export type Request = Omit<CompletionInput, "model">;

const messages: Message[] = [{ role: "user", content: "How much is a ticket to London?" }];
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const price = { type: "function", function: { name: "price", parameters } } as const;
const response_format = {
  type: "json_schema",
  json_schema: {
    name: "price",
    schema: { ...parameters, additionalProperties: false },
    strict: true,
  },
} as const;
/** One black pixel. */
const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
const pdf = "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK";

const asks = (content: Extract<Message, { role: "user" }>["content"]): Request => ({
  messages: [{ role: "user", content }],
});
const tools = { messages, tools: [price] };

export const samples: Readonly<Record<string, Request>> = {
  "a question": { messages },
  "a system message": { messages: [{ role: "system", content: "Be brief." }, ...messages] },
  "an answer begun": { messages: [...messages, { role: "assistant", content: "It costs" }] },
  "an image": asks([{ type: "image_url", image_url: { url: pixel } }]),
  "a PDF": asks([{ type: "file", file: { filename: "a.pdf", file_data: pdf } }]),
  sound: asks([{ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }]),
  tools,
  "a forced call": { ...tools, tool_choice: "required" },
  "one call at a time": { ...tools, parallel_tool_calls: false },
  "a JSON schema": {
    messages,
    response_format,
  },
  "tools and a JSON schema": {
    ...tools,
    response_format,
  },
  max_tokens: { messages, max_tokens: 500 },
  temperature: { messages, temperature: 0.2 },
  top_p: { messages, top_p: 0.5 },
  top_k: { messages, top_k: 40 },
  stop: { messages, stop: ["END"] },
  seed: { messages, seed: 7 },
  "two choices": { messages, n: 2 },
  logprobs: { messages, logprobs: true, top_logprobs: 2 },
  penalties: { messages, presence_penalty: 0.5, frequency_penalty: 0.5 },
  "reasoning_effort none": { messages, reasoning_effort: "none" },
  "reasoning_effort minimal": { messages, reasoning_effort: "minimal" },
  "reasoning_effort high": { messages, reasoning_effort: "high" },
  "a thinking budget": { messages, thinking: { type: "enabled", budget_tokens: 2048 } },
  verbosity: { messages, verbosity: "low" },
  "a web search": { messages, web_search_options: {} },
  "service_tier flex": { messages, service_tier: "flex" },
};
