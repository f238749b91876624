/** Structured output at every provider: a zod schema, and any JSON. */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Message } from "../../src/index.ts";
import { ways } from "../support/played.ts";
import { simulated } from "../support/simulated.ts";

const { sim, ask, completion } = await simulated();

const trip = z.object({
  title: z.string(),
  kind: z.enum(["holiday", "business"]),
  traveller: z.object({
    name: z.string(),
    age: z.number().int().min(0),
    nickname: z.string().optional(),
  }),
  stops: z.array(z.object({ city: z.string(), nights: z.number().int().positive() })).min(1),
  note: z.string().nullable(),
});

const value = {
  title: "To the sea",
  kind: "holiday",
  traveller: { name: "Ada", age: 36 },
  stops: [
    { city: "Nice", nights: 3 },
    { city: "Genoa", nights: 1 },
  ],
  note: null,
};

const messages: Message[] = [
  { role: "user", content: 'A business trip of Ada, 36 years old, to Rome. Call it "Spring".' },
];

describe.each(ways)("$name, $way", ({ model, stream }) => {
  test("the words of the request in the schema's form", async () => {
    const { parsed, choices } = await ask(stream, { model, messages, response_format: trip });
    const read = trip.parse(parsed);
    expect(read.kind).toBe("business");
    expect(read.title).toBe("Spring");
    expect(read.traveller.age).toBe(36);
    expect(read.stops).toHaveLength(1);
    expect(choices[0]!.finish_reason).toBe("stop");
    expect(choices[0]!.message.tool_calls).toBeUndefined();
    expect(sim.requests).toHaveLength(1);
  });

  test("an optional value that is left out, or null, is absent", async () => {
    for (const traveller of [value.traveller, { ...value.traveller, nickname: null }]) {
      sim.script([JSON.stringify({ ...value, traveller })]);
      const { parsed } = await ask(stream, { model, messages, response_format: trip });
      expect(parsed).toEqual(value);
    }
  });

  test("any JSON object", async () => {
    const greet = () =>
      ask(stream, {
        model,
        messages: [{ role: "user", content: "Say hello in JSON." }],
        response_format: { type: "json_object" },
      });
    const { parsed, text } = await greet();
    expect(text).toMatch(/^\{/);
    expect(parsed).toEqual(JSON.parse(text));
    sim.script(['Here it is: {"greeting": "hello"}']);
    expect((await greet()).parsed).toEqual({ greeting: "hello" });
  });

  test("what does not fit the schema is an error with the reply, asked for once more when whole", async () => {
    const wrong = JSON.stringify({ ...value, kind: "walk" });
    sim.script([wrong, wrong]);
    const call = stream
      ? completion({ model, messages, response_format: trip, stream: true }).then((s) => s.final())
      : completion({ model, messages, response_format: trip });
    await expect(call).rejects.toMatchObject({
      name: "SchemaValidationError",
      issues: [{ path: "kind" }],
      text: wrong,
    });
    expect(sim.requests).toHaveLength(stream ? 1 : 2);
    expect(sim.requests.map(({ status }) => status)).not.toContain(400);
  });
});
