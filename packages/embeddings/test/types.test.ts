/** What the compiler knows: what is an encoder, what a model may be, what comes back. */
import { createClient } from "polycall";
import { expectTypeOf, test } from "vitest";
import {
  type EmbeddingCache,
  type EmbedReply,
  type Encoder,
  embed,
  encoder,
  fileCache,
  memoryCache,
  nearest,
  type WordVectors,
} from "../src/index.ts";

test("encoders", () => {
  expectTypeOf(encoder("a/b")).toEqualTypeOf<Encoder>();
  expectTypeOf<WordVectors>().toExtend<Encoder>();
  const own = {
    model: "mine",
    encode: async (texts: readonly string[]) => texts.map(() => new Float32Array(2)),
  };
  expectTypeOf(own).toExtend<Encoder>();
  // @ts-expect-error a bound encoder's role is said with each call
  encoder({ model: "a/b", role: "query" });
});

test("embed()", () => {
  type Options = Parameters<typeof embed>[1];
  expectTypeOf(embed).returns.resolves.toEqualTypeOf<EmbedReply>();
  expectTypeOf<Options["model"]>().toEqualTypeOf<string | Encoder>();
  expectTypeOf<Options["role"]>().toEqualTypeOf<"document" | "query" | undefined>();
  expectTypeOf(createClient()).toExtend<NonNullable<Options["client"]>>();
  expectTypeOf<EmbedReply["vectors"]>().toEqualTypeOf<Float32Array[]>();
  expectTypeOf(memoryCache()).toExtend<EmbeddingCache>();
  expectTypeOf(fileCache).returns.toExtend<EmbeddingCache & Disposable>();
  // @ts-expect-error vectors of two models do not compare
  void (() => embed(["a"], { model: "a/b", fallbacks: ["c/d"] }));
  // @ts-expect-error a list of texts
  void (() => embed("a", { model: "a/b" }));
});

test("vectors", () => {
  nearest([1, 2], [new Float32Array(2), [1, 2]]);
  nearest(new Float32Array(2), { matrix: new Float32Array(4), dimensions: 2 });
  // @ts-expect-error numbers, no texts
  void (() => nearest(["a"], []));
});
