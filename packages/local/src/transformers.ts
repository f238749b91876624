/** transformers.js, loaded on first use, and as much of it as is used here. */
import { InvalidRequestError } from "@polycall/core";

export interface Tensor {
  readonly data: { [index: number]: number | bigint; readonly length: number };
  readonly dims: readonly number[];
}

export interface Tokens {
  readonly input_ids: Tensor;
  readonly attention_mask: Tensor;
  readonly [name: string]: Tensor;
}

export interface Tokenizer {
  (
    texts: string[],
    options: { text_pair?: string[]; padding: boolean; truncation: boolean; max_length?: number },
  ): Tokens;
  encode(text: string, options?: { text_pair?: string; add_special_tokens?: boolean }): number[];
  readonly model_max_length?: number;
}

export interface Model {
  (inputs: Tokens): Promise<{ readonly [output: string]: Tensor | undefined }>;
  dispose(): Promise<unknown>;
}

export interface LoadOptions {
  dtype?: string;
  device?: string;
  local_files_only?: boolean;
  revision?: string;
}

interface Loader<T> {
  from_pretrained(id: string, options?: LoadOptions): Promise<T>;
}

export interface Transformers {
  AutoTokenizer: Loader<Tokenizer>;
  AutoModel: Loader<Model>;
  AutoModelForSequenceClassification: Loader<Model>;
  env: {
    localModelPath: string;
    cacheDir: string | null;
    allowLocalModels: boolean;
    allowRemoteModels: boolean;
    remoteHost: string;
    remotePathTemplate: string;
    fetch?: typeof globalThis.fetch;
  };
}

const name = "@huggingface/transformers";

/** @throws InvalidRequestError with the command that installs it */
export async function loadTransformers(): Promise<Transformers> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as Transformers;
  } catch (cause) {
    const why = (cause as Error).message;
    const message = `Local models run in ${name}, which cannot be loaded: npm install ${name} (${why})`;
    throw new InvalidRequestError(message, { provider: "local", cause });
  }
}
