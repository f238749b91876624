/** Ollama's token counts as ours. */
import type { Usage } from "@polycall/core";
import type { OllamaReply } from "./wire.ts";

/** A count of zero is left out by the server. Thinking is counted in `eval_count`, not apart. */
export function usage({ prompt_eval_count, eval_count }: OllamaReply): Usage {
  const prompt_tokens = prompt_eval_count ?? 0;
  const completion_tokens = eval_count ?? 0;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
