/** The bare `@google/genai` reads the simulator's replies. */
import { GoogleGenAI } from "@google/genai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { paris, person, question, weather } from "./asked.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

const gemini = () => {
  const { apiKey, baseURL } = sim.providers.gemini!;
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: baseURL } });
};

describe("gemini", () => {
  const model = "gemini-3.5-flash-lite";
  const declared = {
    name: "get_weather",
    description: "The weather of a city",
    parametersJsonSchema: weather,
  };

  test("tells a joke, streamed and not", async () => {
    const request = { model, contents: "Tell a joke about bees." };
    const whole = await gemini().models.generateContent(request);
    expect(whole.text).toMatch(/^\(simulator\) .*bees/);
    expect(whole.modelVersion).toBe(`simulator/${model}`);
    let text = "";
    let usage: unknown;
    let finish: unknown;
    for await (const chunk of await gemini().models.generateContentStream(request)) {
      text += chunk.text ?? "";
      usage = chunk.usageMetadata;
      finish = chunk.candidates?.[0]?.finishReason;
    }
    expect(text).toBe(whole.text);
    expect(usage).toEqual(whole.usageMetadata);
    expect(finish).toBe("STOP");
  });

  test("calls a function and answers from its response", async () => {
    const tools = [{ functionDeclarations: [declared] }];
    const contents = [{ role: "user", parts: [{ text: question }] }];
    const reply = await gemini().models.generateContent({ model, contents, config: { tools } });
    const [call] = reply.functionCalls!;
    expect(call).toMatchObject({ name: "get_weather", args: paris });
    const response = { name: "get_weather", id: call!.id, response: { output: "7 K" } };
    const next = await gemini().models.generateContent({
      model,
      contents: [
        ...contents,
        reply.candidates![0]!.content!,
        { role: "user", parts: [{ functionResponse: response }] },
      ],
      config: { tools },
    });
    expect(next.text).toBe("(simulator) 7 K");
  });

  test("fills both kinds of schema and shows thoughts", async () => {
    const ask = (config: object) =>
      gemini().models.generateContent({ model, contents: "Cleo is 9.", config });
    const responseMimeType = "application/json";
    const plain = await ask({ responseMimeType, responseJsonSchema: person });
    expect(JSON.parse(plain.text!)).toEqual({ name: "Cleo", age: 9 });
    const properties = { name: { type: "STRING" }, age: { type: "INTEGER", nullable: true } };
    const openApi = { type: "OBJECT", properties };
    const typed = await ask({
      responseMimeType,
      responseSchema: openApi,
      thinkingConfig: { includeThoughts: true },
    });
    expect(JSON.parse(typed.text!)).toEqual({ name: "Cleo", age: 9 });
    expect(typed.candidates?.[0]?.content?.parts?.[0]).toMatchObject({ thought: true });
    expect(typed.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(0);
  });

  test("embeds", async () => {
    const reply = await gemini().models.embedContent({
      model: "gemini-embedding-001",
      contents: ["cats", "dogs"],
      config: { outputDimensionality: 64 },
    });
    expect(reply.embeddings?.map((e) => e.values?.length)).toEqual([64, 64]);
  });
});
