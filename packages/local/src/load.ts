/** A model's tokenizer and weights, from its folder, transformers.js' folders or the hub. */
import { NotFoundError } from "@polycall/core";
import { folderOf } from "#node";
import { filesOf } from "./files.ts";
import type { ReadFile } from "./settings.ts";
import {
  type LoadOptions,
  loadTransformers,
  type Model,
  type Tokenizer,
  type Transformers,
} from "./transformers.ts";

export interface ModelOptions {
  /** A folder of models: MODELPATH/OWNER/NAME. Default: transformers.js' own `env.localModelPath`. */
  modelPath?: string;
  /** Nothing is fetched. */
  offline?: boolean;
  /** Of the weights, "fp32", "q8", …; default: transformers.js' own. */
  dtype?: string;
  device?: string;
  /** A branch, tag or commit on the hub. Default "main". */
  revision?: string;
}

/** Where a model is, its weights not loaded yet. */
export interface Found {
  /** Its small files. */
  readonly read: ReadFile;
  /** @throws NotFoundError where its files are not there */
  load(
    kind: "AutoModel" | "AutoModelForSequenceClassification",
  ): Promise<{ tokenizer: Tokenizer; model: Model }>;
}

/** @throws InvalidRequestError without transformers.js */
export async function found(name: string, options: ModelOptions): Promise<Found> {
  const { modelPath, offline = false, dtype, device, revision = "main" } = options;
  const transformers: Transformers = await loadTransformers();
  const folder = modelPath === undefined ? undefined : await folderOf(modelPath, name);
  const id = folder ?? name;
  const how: LoadOptions = {
    ...(dtype && { dtype }),
    ...(device && { device }),
    revision,
    local_files_only: offline || folder !== undefined,
  };
  return {
    read: filesOf(id, folder !== undefined, transformers, { offline, revision }),
    async load(kind) {
      try {
        const tokenizer = await transformers.AutoTokenizer.from_pretrained(id, how);
        const model = await transformers[kind].from_pretrained(id, how);
        return { tokenizer, model };
      } catch (cause) {
        const where =
          folder ?? (modelPath ? `${modelPath}, nor elsewhere` : "this machine or the hub");
        throw new NotFoundError(
          `local/${name} cannot be loaded from ${where}: ${(cause as Error).message}`,
          { provider: "local", model: name, cause },
        );
      }
    },
  };
}
