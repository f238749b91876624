/** A value of each parameter that asks for something, and what must stand beside it. Data. */
import type { CompletionRequest } from "@polycall/core";

type Fields = Partial<CompletionRequest>;

export interface Sample {
  /** Each is planned by itself. */
  readonly values: readonly unknown[];
  /** Without these the value would mean nothing. */
  readonly beside?: Fields;
}

const tool = { type: "function", function: { name: "get_price", parameters: { type: "object" } } };
const tools = [tool] as NonNullable<CompletionRequest["tools"]>;
const functions = [{ name: "get_price", parameters: { type: "object" } }];
const schema = { type: "object", properties: { price: { type: "number" } } };
const json_schema = { name: "price", schema };

/** All parameters of `core/src/params.ts`, but for the model and the messages. */
export const samples: { readonly [param: string]: Sample } = {
  audio: { values: [{ format: "pcm16", voice: "alloy" }], beside: { modalities: ["audio"] } },
  extra_body: { values: [{ probe: { deep: [1] } }] },
  frequency_penalty: { values: [0.5] },
  function_call: { values: [{ name: "get_price" }], beside: { functions } },
  functions: { values: [functions] },
  logit_bias: { values: [{ 50256: -100 }] },
  logprobs: { values: [true] },
  max_completion_tokens: { values: [4000] },
  max_tokens: { values: [4000] },
  metadata: { values: [{ probe: "yes" }] },
  modalities: { values: [["audio"]] },
  moderation: { values: [{ model: "omni-moderation-latest" }] },
  n: { values: [2] },
  parallel_tool_calls: { values: [false], beside: { tools } },
  prediction: { values: [{ type: "content", content: "probe" }] },
  presence_penalty: { values: [0.5] },
  prompt_cache_key: { values: ["probe"] },
  prompt_cache_options: { values: [{ mode: "explicit" }] },
  prompt_cache_retention: { values: ["24h"] },
  reasoning_effort: { values: ["none", "minimal", "low", "medium", "high", "xhigh", "max"] },
  response_format: {
    values: [{ type: "json_object" }, { type: "json_schema", json_schema }],
  },
  safety_identifier: { values: ["probe"] },
  seed: { values: [7] },
  service_tier: { values: ["default", "flex", "priority", "fast"] },
  stop: { values: [["###"]] },
  store: { values: [true] },
  stream: { values: [true] },
  stream_options: { values: [{ include_obfuscation: false }], beside: { stream: true } },
  temperature: { values: [0.5, 2] },
  thinking: { values: [{ type: "enabled", budget_tokens: 2048 }, { type: "disabled" }] },
  tool_choice: { values: ["required", "none"], beside: { tools } },
  tools: { values: [tools] },
  top_k: { values: [40] },
  top_logprobs: { values: [3], beside: { logprobs: true } },
  top_p: { values: [0.5] },
  user: { values: ["probe"] },
  verbosity: { values: ["low"] },
  web_search_options: { values: [{}] },
};
