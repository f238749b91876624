/** How a model wants its tokens pooled, by the files that sentence-transformers keeps beside it. */
import { InvalidRequestError } from "@polycall/core";
import { type Pooling, poolings } from "./pooling.ts";

/** Reads a JSON file of the model; undefined where it has none. */
export type ReadFile = (path: string) => Promise<unknown>;

export interface Settings {
  pooling: Pooling;
  normalize: boolean;
  /** Tokens, those that the tokenizer adds among them. */
  maxLength?: number;
  /** What a text begins with, by what it is for; "" where nobody says. */
  prompts: { document: string; query: string; none: string };
}

type Json = { readonly [key: string]: unknown };

const flags: readonly (readonly [flag: string, pooling: Pooling])[] = [
  ["pooling_mode_cls_token", "cls"],
  ["pooling_mode_mean_tokens", "mean"],
  ["pooling_mode_max_tokens", "max"],
  ["pooling_mode_lasttoken", "last"],
];
const words: { readonly [word: string]: Pooling } = { lasttoken: "last" };

/** Models of which no file says how they are pooled. Sources: the models' cards, 2026-11. */
const clsModels = /\b(?:bge-|mxbai-embed|snowflake-arctic-embed|gte-(?:modernbert|multilingual))/i;

/** @throws InvalidRequestError for a way of pooling that there is not here */
export async function settingsOf(model: string, read: ReadFile): Promise<Settings> {
  const [pooling, modules, sentences, bert] = (await Promise.all([
    read("1_Pooling/config.json"),
    read("modules.json"),
    read("config_sentence_transformers.json"),
    read("sentence_bert_config.json"),
  ])) as [Json | undefined, Json[] | undefined, Json | undefined, Json | undefined];
  const isNormalized = !modules || modules.some(({ type }) => String(type).endsWith("Normalize"));
  const maxLength = bert?.max_seq_length;
  return {
    pooling: pooling ? poolingOf(model, pooling) : clsModels.test(model) ? "cls" : "mean",
    normalize: isNormalized,
    ...(typeof maxLength === "number" && { maxLength }),
    prompts: promptsOf(sentences),
  };
}

function poolingOf(model: string, config: Json): Pooling {
  const mode = config.pooling_mode;
  const said =
    typeof mode === "string"
      ? [words[mode] ?? mode]
      : [
          ...flags.filter(([flag]) => config[flag]).map(([, one]) => one),
          ...Object.keys(config).filter(
            (key) => config[key] === true && /^pooling_mode_(?!cls|mean_tokens|max|last)/.test(key),
          ),
        ];
  const [only] = said;
  if (said.length === 1 && poolings.includes(only!)) return only as Pooling;
  const what = said.length ? said.join(" and ") : "nothing";
  throw new InvalidRequestError(
    `local/${model} is pooled by ${what}, which is not known here. Choose: extra_body: { pooling: "mean" } (or ${poolings.slice(1).join(", ")}).`,
    { provider: "local", model, param: "pooling" },
  );
}

function promptsOf(config: Json | undefined): Settings["prompts"] {
  const prompts = (config?.prompts ?? {}) as { [name: string]: string | undefined };
  const none = prompts[String(config?.default_prompt_name)] ?? "";
  const { query = none, document = prompts.passage ?? none } = prompts;
  return { query, document, none };
}
