/** Any history -> contents that keep Gemini's rules; any split of a reply -> the same reply. */
import type { Connection, Message, Plan } from "@polycall/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gemini } from "../src/index.ts";

interface Part {
  text?: string;
  functionCall?: { id?: string; name: string };
  functionResponse?: { id?: string; name: string };
}
interface Content {
  role: string;
  parts: Part[];
}

const id = fc.constantFrom("a", "b", "c", "d");
const call = fc.record({
  id,
  type: fc.constant("function" as const),
  function: fc.record({
    name: fc.constantFrom("f", "g h", "9", "ünï"),
    arguments: fc.constantFrom("", "{}", '{"x":1}', "{broken", "[1]", "null"),
  }),
});
const state = fc.constantFrom(
  [
    {
      provider: "gemini",
      model: "m",
      endpoint: "generateContent",
      items: [{ text: "x", thoughtSignature: "S" }],
    },
  ],
  [{ provider: "gemini", model: "m", endpoint: "generateContent", items: [] }],
  [{ provider: "anthropic", model: "m", endpoint: "messages", items: [{ type: "thinking" }] }],
);
const message = fc.oneof(
  fc.record({
    role: fc.constantFrom("system" as const, "developer" as const, "user" as const),
    content: fc.string(),
  }),
  fc.record({
    role: fc.constant("assistant" as const),
    content: fc.option(fc.constantFrom("", "x", "other")),
    tool_calls: fc.uniqueArray(call, { selector: (one) => one.id, minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    role: fc.constant("assistant" as const),
    content: fc.option(fc.constantFrom("", "x", "other")),
    provider_state: state,
  }),
  fc.record({ role: fc.constant("tool" as const), tool_call_id: id, content: fc.string() }),
);
const messages = fc.array(message, { minLength: 1, maxLength: 12 });
const model = fc.constantFrom(
  "gemini-2.0-flash",
  "gemini-2.5-pro",
  "gemini-3-flash",
  "gemma-3-27b-it",
);

function planOf(history: Message[], name: string): Plan {
  const connection: Connection = {
    provider: "gemini",
    apiKey: "k",
    baseURL: gemini.info.baseURL!,
    headers: {},
    settings: {},
  };
  const request = { model: `gemini/${name}`, messages: history };
  return gemini.plan(request, { connection, model: name, onUnsupported: "warn" });
}

describe("histories", () => {
  test("keep the rules of turns, calls and names, and the request as it was", () => {
    fc.assert(
      fc.property(messages, model, (history, name) => {
        const before = structuredClone(history);
        const plan = planOf(history as Message[], name);
        expect(history).toEqual(before);
        expect(planOf(history as Message[], name)).toEqual(plan);
        const contents = plan.body.contents as Content[];
        expect(contents[0]!.role).toBe("user");
        for (const [i, { role, parts }] of contents.entries()) {
          if (i) expect(role).not.toBe(contents[i - 1]!.role);
          expect(parts.length).toBeGreaterThan(0);
          const called = parts.flatMap(({ functionCall }) => functionCall ?? []);
          for (const one of called) expect(one.name).toMatch(/^[A-Za-z_][\w.:-]{0,127}$/);
          const answers = (contents[i + 1]?.parts ?? []).flatMap(
            (part) => part.functionResponse ?? [],
          );
          const brief = (one: { id?: string; name: string }) => `${one.id} ${one.name}`;
          if (role === "model") expect(answers.map(brief)).toEqual(called.map(brief));
        }
        if (name.startsWith("gemma")) expect(plan.body.systemInstruction).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});

/** A turn's parts as Google streams them: text in pieces, everything else whole. */
const piece = fc.oneof(
  fc.record({ text: fc.string({ minLength: 1 }) }),
  fc.record({ text: fc.string({ minLength: 1 }), thought: fc.constant(true) }),
  fc.record({ text: fc.string(), thoughtSignature: fc.constant("S") }),
  fc.record({
    functionCall: fc.record({
      name: fc.constant("f"),
      args: fc.dictionary(fc.string(), fc.integer()),
    }),
  }),
  fc.record({ executableCode: fc.constant({ code: "1" }) }),
);

describe("streams", () => {
  const plan = { provider: "gemini", model: "m", endpoint: "generateContent" } as Plan;
  const head = { responseId: "r", modelVersion: "m1", createTime: "2026-11-23T00:00:00Z" };
  const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4 };

  test("fold to the same reply however the parts are spread over events", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(4)), (parts, sizes) => {
        const events: object[][] = [];
        const rest = structuredClone(parts) as object[];
        for (let i = 0; rest.length; i++)
          events.push(rest.splice(0, (sizes[i % (sizes.length || 1)] ?? 0) + 1));
        events.push([]);
        const decoder = gemini.decoder(plan);
        let text = "";
        let reasoning = "";
        const called: string[] = [];
        events.forEach((some, i) => {
          const more = i === events.length - 1 ? { finishReason: "STOP" } : {};
          const event = {
            candidates: [{ content: { parts: some }, index: 0, ...more }],
            usageMetadata,
            ...head,
          };
          for (const { choices } of decoder.decode(event, undefined)) {
            const { delta } = choices[0]!;
            text += delta.content ?? "";
            reasoning += delta.reasoning_content ?? "";
            for (const one of delta.tool_calls ?? [])
              called.push(`${one.index} ${one.id} ${one.function?.arguments}`);
          }
        });
        expect(decoder.done).toBe(true);
        const whole = {
          candidates: [{ content: { parts }, index: 0, finishReason: "STOP" }],
          usageMetadata,
          ...head,
        };
        const expected = gemini.parse(whole, plan);
        const final = gemini.parse(decoder.body(), plan);
        const { provider_state: _, ...message } = final.choices[0]!.message;
        const { provider_state: state, ...same } = expected.choices[0]!.message;
        expect({ ...final, choices: [{ ...final.choices[0], message }] }).toEqual({
          ...expected,
          choices: [{ ...expected.choices[0], message: same }],
        });
        expect(text).toBe(message.content ?? "");
        expect(reasoning).toBe(message.reasoning_content ?? "");
        expect(called).toEqual(
          (message.tool_calls ?? []).map(
            (one, i) => `${i} ${one.id} ${one.type === "function" && one.function.arguments}`,
          ),
        );
        const signed = (items: readonly unknown[] = []) =>
          items.filter((item) => (item as { thoughtSignature?: string }).thoughtSignature);
        expect(signed(_?.[0]?.items)).toEqual(signed(state?.[0]?.items));
      }),
      { numRuns: 300 },
    );
  });
});
