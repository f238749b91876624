/** What every provider replies to plain requests, whole and streamed. */
import { describe, expect, test } from "vitest";
import { UnsupportedParamsError } from "../../src/index.ts";
import { played, ways } from "../support/played.ts";
import { simulated, wholeReply } from "../support/simulated.ts";

const { sim, ask, completion } = await simulated();
const user = (content: string) => ({ role: "user" as const, content });

describe.each(ways)("$name, $way", ({ provider, model, stream, lacks = [] }) => {
  test("a joke", async () => {
    const reply = await ask(stream, { model, messages: [user("Tell a joke about cats.")] });
    expect(reply.text).toMatch(/^\(simulator\) .*cats.*\? .+/);
    expect(reply).toMatchObject({
      object: "chat.completion",
      id: expect.stringMatching(/./),
      created: expect.any(Number),
      provider,
      toolCalls: [],
      invalidToolCalls: [],
      warnings: [],
      attempts: [{ provider, status: 200 }],
    });
    expect(reply.choices).toHaveLength(1);
    expect(reply.choices[0]).toMatchObject({
      index: 0,
      finish_reason: "stop",
      message: { role: "assistant", content: reply.text, refusal: null },
    });
  });

  test("the provider's own count of tokens", async () => {
    sim.script([{ text: "Yes.", usage: { input: 7, output: 3, reasoning: 0 } }]);
    const { usage } = await ask(stream, { model, messages: [user("Well?")] });
    expect(usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
  });

  test("a limit ends the reply with length", async () => {
    const messages = [user("Count to 50.")];
    const reply = await ask(stream, { model, messages, max_tokens: 16 });
    expect(reply.choices[0]!.finish_reason).toBe("length");
    expect(reply.text).toMatch(/^\(simulator\) 1, 2/);
    expect(reply.text).not.toContain("50");
  });

  test("a stop sequence ends the text, or is refused before sending", async () => {
    const call = ask(stream, { model, messages: [user("Count to 9.")], stop: ["5"] });
    if (lacks.includes("stop")) {
      await expect(call).rejects.toThrow(UnsupportedParamsError);
      await expect(call).rejects.toMatchObject({ provider, param: "stop" });
      expect(sim.requests).toEqual([]);
      return;
    }
    const reply = await call;
    expect(reply.text).toBe("(simulator) 1, 2, 3, 4, ");
    expect(reply.choices[0]!.finish_reason).toBe("stop");
  });

  test("system messages at the start, in the middle and at the end", async () => {
    const reply = await ask(stream, {
      model,
      messages: [
        { role: "system", content: "First rule." },
        user("My name is Ada."),
        { role: "assistant", content: "Hello, Ada." },
        { role: "system", content: "Second rule." },
        { role: "developer", content: "Third rule." },
        user("What is my name?"),
        { role: "system", content: "Fourth rule." },
      ],
    });
    expect(reply.text).toBe("(simulator) Your name is Ada.");
    const sent = sim.requests[0]!.text;
    const places = ["First", "Second", "Third", "Fourth"].map((word) =>
      sent.indexOf(`${word} rule.`),
    );
    expect(places.every((place) => place >= 0)).toBe(true);
    // The first may go into a field of its own, which stands anywhere.
    const [, ...later] = places;
    expect(later).toEqual(later.toSorted((a, b) => a - b));
  });

  test("the message goes back as it came, and through JSON", async () => {
    const messages = [user("My name is Ada.")];
    const first = await ask(stream, { model, messages });
    const { message } = first.choices[0]!;
    const copy = JSON.parse(JSON.stringify(message)) as typeof message;
    expect(copy).toEqual(message);
    const question = user("What is my name?");
    const bodies: unknown[] = [];
    for (const one of [message, copy]) {
      const reply = await ask(stream, { model, messages: [...messages, one, question] });
      expect(reply.text).toBe("(simulator) Your name is Ada.");
      bodies.push(sim.requests.at(-1)!.body);
    }
    expect(bodies[0]).toEqual(bodies[1]);
  });
});

test.each(played)("$name: final() is the unstreamed reply, field by field", async ({ model }) => {
  const requests = [
    { messages: [user("Tell a joke about cats.")] },
    { messages: [user("Count to 50.")], max_tokens: 16 },
    { messages: [user("Count to 5.")], reasoning_effort: "high" as const },
  ];
  for (const request of requests) {
    const plain = await completion({ model, ...request });
    const streamed = await ask(true, { model, ...request });
    expect(wholeReply(streamed)).toEqual(wholeReply(plain));
  }
});
