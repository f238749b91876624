/** Keys that a message or a call brings along from where it was made, and that say nothing to another API. */

/** Of messages: reasoning as other hosts spell it, what SDKs and LiteLLM hang on, our own state. */
export const foreignMessageKeys: readonly string[] = [
  "parsed",
  "provider_specific_fields",
  "provider_state",
  "reasoning",
  "reasoning_content",
  "reasoning_details",
  "thinking_blocks",
];

/** Of tool calls and their functions: a chunk's index, openai-node's `parse()`, Gemini's signature. */
export const foreignCallKeys: readonly string[] = [
  "extra_content",
  "index",
  "parsed_arguments",
  "provider_specific_fields",
];
