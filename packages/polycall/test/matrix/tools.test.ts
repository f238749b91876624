/** Tool calls at every provider: one, several, forced, forbidden, in rounds. */
import { describe, expect, test } from "vitest";
import { type Message, UnsupportedParamsError } from "../../src/index.ts";
import type { Reply } from "../support/chunks.ts";
import { ways } from "../support/played.ts";
import { simulated, wholeReply } from "../support/simulated.ts";
import { answered, getPrice, tools } from "../support/tools.ts";

const { sim, ask, completion } = await simulated();
const user = (content: string): Message => ({ role: "user", content });
const called = ({ toolCalls }: Reply) => toolCalls.map(({ name, args }) => ({ name, args }));
const price = (city: string) => ({ name: "get_ticket_price", args: { city } });

describe.each(ways)("$name, $way", ({ provider, model, stream, lacks = [], callsInParallel }) => {
  test("a typed call, its result, the answer", async () => {
    const messages = [user("How much is a ticket to London?")];
    const first = await ask(stream, { model, messages, tools });
    expect(first.choices[0]!.finish_reason).toBe("tool_calls");
    expect(called(first)).toEqual([price("London")]);
    expect(first.choices[0]!.message.tool_calls).toEqual([
      {
        id: first.toolCalls[0]!.id,
        type: "function",
        function: { name: "get_ticket_price", arguments: '{"city":"London"}' },
      },
    ]);
    const second = await ask(stream, {
      model,
      messages: [...messages, ...(await answered(first))],
      tools,
    });
    expect(second.text).toBe("(simulator) A ticket to London is $799.");
    expect(second.choices[0]!.finish_reason).toBe("stop");
    expect(sim.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  test("parallel calls, then a second round before the answer", async () => {
    sim.script([
      { text: "Let me see.", calls: [price("London"), price("Paris")] },
      { calls: [{ name: "get_time", args: { city: "Paris" } }] },
    ]);
    const messages = [user("How much are London and Paris, and what time is it there?")];
    const rounds: object[][] = [];
    let reply = await ask(stream, { model, messages, tools });
    expect(reply.text).toBe("Let me see.");
    while (reply.toolCalls.length > 0) {
      rounds.push(called(reply));
      expect(new Set(reply.toolCalls.map(({ id }) => id)).size).toBe(reply.toolCalls.length);
      messages.push(...(await answered(reply)));
      reply = await ask(stream, { model, messages, tools });
    }
    expect(rounds).toEqual([
      [price("London"), price("Paris")],
      [{ name: "get_time", args: { city: "Paris" } }],
    ]);
    expect(reply.text).toBe("(simulator) It is noon in Paris.");
    const { text } = sim.requests.at(-1)!;
    const results = ["London is $799", "Paris is $899", "noon in Paris"];
    const places = results.map((result) => text.indexOf(result));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(sim.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("parallel_tool_calls: false", async () => {
    const messages = [user("How much are London, Paris and Rome?")];
    const many = await ask(stream, { model, messages, tools });
    expect(called(many)).toEqual([price("London"), price("Paris"), price("Rome")]);
    const one = await ask(stream, { model, messages, tools, parallel_tool_calls: false });
    expect(one.toolCalls).toHaveLength(callsInParallel ? 3 : 1);
    expect(one.warnings.map(({ param }) => param)).toEqual(
      callsInParallel ? ["parallel_tool_calls"] : [],
    );
  });

  test("tool_choice none", async () => {
    const messages = [user("How much is a ticket to London?")];
    const reply = await ask(stream, { model, messages, tools, tool_choice: "none" });
    expect(reply.toolCalls).toEqual([]);
    expect(reply.text).toBe("(simulator) You said: How much is a ticket to London?");
  });

  test.each([
    ["required", "required" as const, undefined],
    ["a named one", { type: "function" as const, function: { name: "get_time" } }, "get_time"],
  ])("tool_choice: %s", async (_, tool_choice, name) => {
    const messages = [user("Say hello to Rome.")];
    expect((await ask(stream, { model, messages, tools })).toolCalls).toEqual([]);
    sim.reset();
    const call = ask(stream, { model, messages, tools, tool_choice });
    if (lacks.includes("forced call")) {
      await expect(call).rejects.toThrow(UnsupportedParamsError);
      await expect(call).rejects.toMatchObject({ provider, param: "tool_choice" });
      expect(sim.requests).toEqual([]);
      return;
    }
    const { toolCalls, choices } = await call;
    expect(toolCalls).toHaveLength(1);
    expect(choices[0]!.finish_reason).toBe("tool_calls");
    if (name) expect(toolCalls[0]!.name).toBe(name);
  });

  test("a call that does not fit its schema is told apart", async () => {
    const wrong = { name: "get_ticket_price", args: { city: 5 } };
    sim.script([{ calls: [price("Rome"), wrong] }]);
    const reply = await ask(stream, { model, messages: [user("Prices?")], tools: [getPrice] });
    expect(called(reply)).toEqual([price("Rome")]);
    expect(reply.invalidToolCalls).toMatchObject([
      { name: "get_ticket_price", text: '{"city":5}', message: expect.stringContaining("city") },
    ]);
  });

  test("final() with calls is the unstreamed reply", async () => {
    const messages = [user("How much are London and Paris?")];
    const plain = await completion({ model, messages, tools });
    const streamed = await completion({ model, messages, tools, stream: true });
    expect(wholeReply(await streamed.final())).toEqual(wholeReply(plain));
  });
});
