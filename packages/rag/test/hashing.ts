/** An encoder that needs no model: a text's words, hashed. Texts that share words are near each other. */
import { setTimeout as sleep } from "node:timers/promises";
import { InvalidRequestError } from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";

export interface HashingEncoder extends Encoder {
  /** How many texts it was given at each call. */
  calls: number[];
  texts: string[];
}

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * @param options.refuses texts that it does not take; `ms` that a call takes; `remembers: false` keeps nothing
 *   of what it was given
 */
export function hashingEncoder({
  dimensions = 64,
  model = "test/hashing",
  refuses,
  ms = 0,
  remembers = true,
}: {
  dimensions?: number;
  model?: string;
  refuses?: (text: string) => boolean;
  ms?: number;
  remembers?: boolean;
} = {}): HashingEncoder {
  const calls: number[] = [];
  const texts: string[] = [];
  return {
    ...{ model, dimensions, calls, texts },
    async encode(given) {
      if (remembers) calls.push(given.length);
      if (ms) await sleep(ms);
      if (refuses && given.some(refuses)) throw new InvalidRequestError("A text is too long.");
      if (remembers) texts.push(...given);
      return given.map((text) => {
        const vector = new Float32Array(dimensions);
        for (const word of words(text)) {
          let hash = 2166136261;
          for (let i = 0; i < word.length; i++) {
            hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
          }
          vector[(hash >>> 0) % dimensions]! += 1;
        }
        if (!words(text).length) vector[0] = 1;
        return vector;
      });
    },
  };
}
