/** What keeps vectors by what made them: the contract, the key, and a cache in memory. */
import { digest } from "./digest.ts";

/** Keeps vectors by key. What it is given it may forget; what it gives must be what it was given. */
export interface EmbeddingCache {
  /** One for each key, in their order. */
  get(
    keys: readonly string[],
  ): (Float32Array | undefined)[] | Promise<(Float32Array | undefined)[]>;
  set(entries: readonly (readonly [key: string, vector: Float32Array])[]): void | Promise<void>;
}

export interface MemoryCacheOptions {
  /** Default 10,000; what was not asked for longest is forgotten first. */
  maxVectors?: number;
}

/** Vectors in this process's memory. */
export function memoryCache({ maxVectors = 10_000 }: MemoryCacheOptions = {}): EmbeddingCache {
  const kept = new Map<string, Float32Array>();
  return {
    get: (keys) =>
      keys.map((key) => {
        const vector = kept.get(key);
        if (!vector) return undefined;
        kept.delete(key);
        kept.set(key, vector);
        return vector.slice();
      }),
    set(entries) {
      for (const [key, vector] of entries) {
        kept.delete(key);
        kept.set(key, vector.slice());
      }
      for (const key of kept.keys()) {
        if (kept.size <= maxVectors) break;
        kept.delete(key);
      }
    },
  };
}

/** What makes a vector, besides its text. */
export interface KeyParts {
  model: string;
  dimensions?: number;
  /** What the request says of the texts; a prefix is part of the text. */
  role?: string;
  extra_body?: unknown;
}

/** SHA-256, in hexadecimal, of all that makes a text's vector. */
export async function keyOf(parts: KeyParts, text: string): Promise<string> {
  const { model, dimensions = 0, role = "", extra_body = null } = parts;
  const whole = JSON.stringify([1, model, dimensions, role, extra_body, text]);
  return digest(whole);
}
