/** `extra_body` is typed by the provider in the model string, in the SDKs' own types; any parameter may be given. */
import type { MessageCreateParams } from "@anthropic-ai/sdk/resources/beta/messages";
import type { GenerateContentConfig } from "@google/genai";
import type { ResponseCreateParams } from "openai/resources/responses/responses";
import { describe, expectTypeOf, test } from "vitest";
import type { AnthropicBody, ExtraBodies, GeminiBody, OpenAIBody } from "../src/extra-body.ts";
import { completion, explain, type Message } from "../src/index.ts";
import { adapters } from "../src/providers.ts";

/** The parameters that a body names. */
type Named<Body> = { [Name in keyof Body as string extends Name ? never : Name]: Body[Name] };

const messages: Message[] = [{ role: "user", content: "Hello" }];

describe("the bodies are the SDKs'", () => {
  test("OpenAI", () => {
    expectTypeOf<Named<OpenAIBody>>().toExtend<Partial<ResponseCreateParams>>();
  });
  test("Anthropic", () => {
    expectTypeOf<Named<AnthropicBody>>().toExtend<Partial<MessageCreateParams>>();
  });
  test("Gemini: its enums are these words", () => {
    type Config = GenerateContentConfig;
    type Words<T> = T extends string
      ? `${T}`
      : T extends object
        ? { [K in keyof T]: Words<T[K]> }
        : T;
    expectTypeOf<GeminiBody["cachedContent"]>().toExtend<Config["cachedContent"]>();
    expectTypeOf<GeminiBody["labels"]>().toExtend<Config["labels"]>();
    expectTypeOf<GeminiBody["safetySettings"]>().toExtend<Words<Config["safetySettings"]>>();
    type Generation = NonNullable<GeminiBody["generationConfig"]>;
    expectTypeOf<Generation["mediaResolution"]>().toExtend<Words<Config["mediaResolution"]>>();
    expectTypeOf<Generation["imageConfig"]>().toExtend<Words<Config["imageConfig"]>>();
    expectTypeOf<Generation["thinkingConfig"]>().toExtend<Words<Config["thinkingConfig"]>>();
  });
});

test("each body belongs to a provider that there is", () => {
  expectTypeOf<keyof ExtraBodies>().toExtend<string>();
  const typed = {
    ...{ anthropic: 1, azure: 1, gemini: 1, groq: 1, mistral: 1, ollama: 1, openai: 1 },
    ...{ openrouter: 1, perplexity: 1, vertex: 1, vllm: 1 },
  } satisfies Record<keyof ExtraBodies, 1>;
  for (const name of Object.keys(typed)) if (!(name in adapters)) throw new Error(name);
});

/** Never called: `tsc` reads them. */
export const never = {
  right: () => [
    completion({
      model: "anthropic/claude-haiku-5-5",
      messages,
      extra_body: { inference_geo: "us" },
    }),
    completion({
      model: "openrouter/z-ai/glm-4.7",
      messages,
      stream: true,
      extra_body: { provider: { sort: "price" }, newer: [1] },
    }),
    explain({ model: "ollama/llama3.2", messages, extra_body: { options: { num_ctx: 8192 } } }),
  ],
  wrong: () => [
    // @ts-expect-error: a number is no place
    completion({ model: "anthropic/claude-haiku-5-5", messages, extra_body: { inference_geo: 1 } }),
    completion({
      model: "gemini/gemini-2.5-flash-lite",
      messages,
      // @ts-expect-error: no such threshold
      extra_body: { safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "NO" }] },
    }),
    // @ts-expect-error: no such order
    explain({ model: "openrouter/a/b", messages, extra_body: { provider: { sort: "fame" } } }),
  ],
  anyModel: (model: string) =>
    completion({ model, messages, extra_body: { inference_geo: 1, whatever: true } }),
  unknownProvider: () =>
    completion({ model: "mycompany/large", messages, extra_body: { whatever: true } }),
};
