/** Licence and size of open weights, by the model's own name: they are the same wherever it is hosted. */
import type { Source } from "../entry.ts";

export interface OpenWeights {
  /** Of the name without folders, in lower case, `:` as `-`: "qwen3-32b". */
  name: RegExp;
  /** SPDX where it has an identifier, else Hugging Face's name for it. */
  license?: string;
  /** Billions. */
  total?: number;
  /** Billions that work on a token. */
  active?: number;
  source: Source;
}

const read = (url: string): Source => ({ url: `https://${url}`, date: "2026-11-25" });
const card = (repository: string) => read(`huggingface.co/${repository}`);

const gptOss = card("openai/gpt-oss-20b");
const llama = card("meta-llama");
const qwen3 = card("Qwen/Qwen3-235B-A22B");
const deepseek = card("deepseek-ai/DeepSeek-R1");
const deepseekV4 = card("deepseek-ai/DeepSeek-V4-Pro");
const gemma4 = card("google/gemma-4-31B-it");
const kimiK2 = card("moonshotai/Kimi-K2.6");
const glm = card("zai-org/GLM-4.5");
const minimaxM2 = read("docs.sglang.io/docs/basic_usage/minimax_m2");
const mistral = read("docs.mistral.ai/getting-started/open_weight_models");
const mistral3 = card("mistralai/Mistral-Large-3-675B-Instruct-2512");
const phi = card("microsoft/phi-4");

/** The first that fits. What a derived model's card does not say is not claimed: `$` and `(?!…)` see to it. */
export const openWeights: readonly OpenWeights[] = [
  {
    name: /^gpt-oss-(?:safeguard-)?120b/,
    license: "Apache-2.0",
    total: 117,
    active: 5.1,
    source: gptOss,
  },
  {
    name: /^gpt-oss-(?:safeguard-)?20b/,
    license: "Apache-2.0",
    total: 21,
    active: 3.6,
    source: gptOss,
  },
  { name: /^llama-4-scout/, license: "llama4", total: 109, active: 17, source: llama },
  { name: /^llama-4-maverick/, license: "llama4", total: 400, active: 17, source: llama },
  { name: /^llama-guard-4-12b/, license: "llama4", source: llama },
  { name: /^(?:meta-)?llama-3\.3-70b/, license: "llama3.3", source: llama },
  { name: /^(?:meta-)?llama-3\.2-\d+b/, license: "llama3.2", source: llama },
  { name: /^(?:meta-)?llama-3\.1-\d+b/, license: "llama3.1", source: llama },
  { name: /^(?:meta-)?llama-3-\d+b/, license: "llama3", source: llama },
  { name: /^qwen3-coder(?:-free)?$/, license: "Apache-2.0", total: 480, active: 35, source: qwen3 },
  { name: /^qwen-?3-(?:[a-z]+-)*\d+b/, license: "Apache-2.0", source: qwen3 },
  { name: /^deepseek-(?:chat-)?v3$/, total: 671, active: 37, source: deepseek },
  {
    name: /^deepseek-r1(?:-0528)?(?:-turbo|-free)?$/,
    license: "MIT",
    total: 671,
    active: 37,
    source: deepseek,
  },
  {
    name: /^deepseek-(?:chat-)?v3(?:-0324|[-.]1|\.2)/,
    license: "MIT",
    total: 671,
    active: 37,
    source: deepseek,
  },
  {
    name: /^deepseek-v4-flash(?:-free)?$/,
    license: "MIT",
    total: 284,
    active: 13,
    source: deepseekV4,
  },
  { name: /^deepseek-v4-pro$/, license: "MIT", total: 1600, active: 49, source: deepseekV4 },
  { name: /^gemma-?4(?:-|$)/, license: "Apache-2.0", source: gemma4 },
  { name: /^gemma-[23]n?-/, license: "gemma", source: card("google/gemma-3-27b-it") },
  {
    name: /^kimi-k2(?:$|-\d{4}$|-instruct|-thinking|\.[56](?:-free)?$)/,
    license: "modified-mit",
    total: 1000,
    active: 32,
    source: kimiK2,
  },
  { name: /^kimi-k3$/, total: 2800, source: card("moonshotai/collections") },
  { name: /^glm-4\.5$/, license: "MIT", total: 355, active: 32, source: glm },
  { name: /^glm-4\.5-air(?:-free)?$/, license: "MIT", total: 106, active: 12, source: glm },
  { name: /^glm-5$/, license: "MIT", total: 744, active: 40, source: card("zai-org/GLM-5") },
  {
    name: /^minimax-m2\.5(?:-free)?$/,
    license: "modified-mit",
    total: 230,
    active: 10,
    source: minimaxM2,
  },
  { name: /^minimax-m2(?:\.1)?$/, total: 230, active: 10, source: minimaxM2 },
  { name: /^minimax-m3$/, total: 428, active: 23, source: card("MiniMaxAI/MiniMax-M3") },
  {
    name: /^(?:open-)?mixtral-8x7b/,
    license: "Apache-2.0",
    total: 46.7,
    active: 12.9,
    source: mistral,
  },
  {
    name: /^(?:open-)?mixtral-8x22b/,
    license: "Apache-2.0",
    total: 140.6,
    active: 39.1,
    source: mistral,
  },
  { name: /^(?:open-)?mistral-7b/, license: "Apache-2.0", source: mistral },
  { name: /^(?:open-)?mistral-nemo(?:-|$)/, license: "Apache-2.0", total: 12, source: mistral },
  {
    name: /^mistral-large-(?:2512|3(?:-|$))/,
    license: "Apache-2.0",
    total: 675,
    active: 41,
    source: mistral3,
  },
  { name: /^ministral-\d+b-(?:instruct-)?2512$/, license: "Apache-2.0", source: mistral3 },
  { name: /^phi-4-mini/, license: "MIT", total: 3.8, source: phi },
  { name: /^phi-4(?:-reasoning(?:-plus)?)?$/, license: "MIT", total: 14, source: phi },
];
