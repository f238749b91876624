/** A folder as sentence-transformers keeps a BERT-family model, with seven words and three dimensions. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lookupModel, pairModel } from "./onnx.ts";

/** Each token and its row: what a text's vector is can be worked out by hand. */
export const tokens: readonly (readonly [token: string, row: readonly number[]])[] = [
  ["[PAD]", [100, 100, 100]],
  ["[UNK]", [0, 0, 0]],
  ["[CLS]", [1, 0, 0]],
  ["[SEP]", [0, 1, 0]],
  ["cat", [3, 0, 0]],
  ["dog", [0, 3, 4]],
  ["query", [0, 0, 8]],
  [":", [0, 0, 4]],
];

const vocab = Object.fromEntries(tokens.map(([token], id) => [token, id]));
const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];

const tokenizer = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
      { Sequence: { id: "B", type_id: 1 } },
      { SpecialToken: { id: "[SEP]", type_id: 1 } },
    ],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
    },
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab,
  },
};

const tokenizerConfig = {
  tokenizer_class: "BertTokenizer",
  model_max_length: 16,
  do_lower_case: true,
  pad_token: "[PAD]",
  unk_token: "[UNK]",
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  mask_token: null,
};

const config = {
  model_type: "bert",
  architectures: ["BertModel"],
  hidden_size: 3,
  num_attention_heads: 1,
  num_hidden_layers: 1,
  intermediate_size: 3,
  vocab_size: tokens.length,
  max_position_embeddings: 16,
  pad_token_id: 0,
};

/** What each token adds to a score, in the order of `tokens`. */
const worths = [100, 0, 0, 0.25, 3, -2, 1, 0];

/**
 * A cross-encoder of the same words: a token of the query adds its worth, one of the document twice its worth.
 * @param labels numbers that it gives for a pair
 * @param own what its `config.json` says besides
 */
export function writeTinyCrossEncoder(folder: string, own: object = {}, labels = 1): void {
  const rows = worths.map((worth) => new Array<number>(labels).fill(worth));
  writeTinyBert(folder, {
    "config.json": { ...config, architectures: ["BertForSequenceClassification"], ...own },
    "onnx/model.onnx": pairModel(rows, { query: 1, document: 2 }),
  });
}

/** @param more further files, or others in place of these, by their path; `undefined` leaves one out */
export function writeTinyBert(folder: string, more: { [path: string]: unknown } = {}): void {
  const files: { [path: string]: unknown } = {
    "config.json": config,
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": tokenizerConfig,
    "onnx/model.onnx": lookupModel(tokens.map(([, row]) => row)),
    ...more,
  };
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content instanceof Uint8Array ? content : JSON.stringify(content));
  }
}
