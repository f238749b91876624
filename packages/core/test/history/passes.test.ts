/** Each history pass: what it makes of a history, what it notes, and that it leaves the rest alone. */
import { describe, expect, test } from "vitest";
import {
  answerOrphanCalls,
  type Changes,
  dropOrphanResults,
  emptyContent,
  hoistSystem,
  legacyFunctions,
  type Message,
  mergeTurns,
  orderResults,
  resultImages,
  systemImages,
  textOnlyContent,
  toolCallIds,
  userFirst,
} from "../../src/index.ts";
import { assistant, calls, changes, frozen, result, user } from "./setup.ts";

type Pass = (messages: readonly Message[], changes: Changes) => readonly Message[];
const image = { type: "image_url" as const, image_url: { url: "https://x.test/a.png" } };
const text = (value: string) => ({ type: "text" as const, text: value });

interface Row {
  title: string;
  pass: Pass;
  given: Message[];
  gives: unknown[];
  /** `param action` of each change. */
  notes: string[];
}

const noResult = "No result was recorded for this call.";
const drop: Pass = (m, c) => emptyContent(m, c, { dropBlank: true });
const fill: Pass = (m, c) => emptyContent(m, c, { filler: "(empty)" });
const nulls: Pass = (m, c) => emptyContent(m, c, { nullAsEmpty: true });
const trim: Pass = (m, c) => emptyContent(m, c, { trimFinal: true });
const nine = /^[a-zA-Z0-9]{9}$/;
const ids: Pass = (m, c) =>
  toolCallIds(m, c, { valid: nine, make: (_, index) => `call${String(index).padStart(5, "0")}` });
const once: Pass = (m, c) => toolCallIds(m, c, { valid: /^[\w-]+$/, unique: true });

const rows: Row[] = [
  {
    title: "a function call of the old kind and its result",
    pass: legacyFunctions,
    given: [
      user("Hi"),
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "42" },
    ],
    gives: [
      user("Hi"),
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "call_legacy_1", type: "function", function: { name: "f", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "call_legacy_1", content: "42" },
    ],
    notes: ["messages[1].function_call converted", "messages[2] converted"],
  },
  {
    title: "an old result that nobody called for becomes an orphan, null content a text",
    pass: legacyFunctions,
    given: [{ role: "function", name: "f", content: null }],
    gives: [{ role: "tool", tool_call_id: "call_legacy_none_0", content: "" }],
    notes: ["messages[0] converted"],
  },
  {
    title: "results without a call, before their call, and given twice",
    pass: dropOrphanResults,
    given: [result("z"), result("a"), calls("a"), result("a"), result("a"), user("Hi")],
    gives: [calls("a"), result("a"), user("Hi")],
    notes: ["messages[0] dropped", "messages[1] dropped", "messages[4] dropped"],
  },
  {
    title: "an id used by two turns belongs to the later one from there on",
    pass: dropOrphanResults,
    given: [calls("a"), calls("a"), result("a"), result("a")],
    gives: [calls("a"), calls("a"), result("a")],
    notes: ["messages[3] dropped"],
  },
  {
    title: "calls without results, in the middle and at the end",
    pass: answerOrphanCalls,
    given: [calls("a", "b"), result("a"), user("Go on"), calls("c")],
    gives: [
      calls("a", "b"),
      result("a"),
      result("b", noResult),
      user("Go on"),
      calls("c"),
      result("c", noResult),
    ],
    notes: ["messages[0].tool_calls[1] repaired", "messages[3].tool_calls[0] repaired"],
  },
  {
    title: "one id called twice in one turn has two results",
    pass: answerOrphanCalls,
    given: [calls("a", "a"), result("a"), result("a")],
    gives: [calls("a", "a"), result("a"), result("a")],
    notes: [],
  },
  {
    title: "results in another order, with a user message between",
    pass: orderResults,
    given: [calls("a", "b"), result("b"), user("Wait"), result("a"), assistant("Done")],
    gives: [calls("a", "b"), result("a"), result("b"), user("Wait"), assistant("Done")],
    notes: ["messages[1] repaired", "messages[3] repaired"],
  },
  {
    title: "blank text parts and a system message with nothing else",
    pass: drop,
    given: [
      { role: "system", content: " \n" },
      { role: "user", content: [text(""), image, text("What?")] },
    ],
    gives: [{ role: "user", content: [image, text("What?")] }],
    notes: ["messages[1].content repaired", "messages[0] dropped"],
  },
  {
    title: "messages that carry nothing; calls, refusals and empty results carry something",
    pass: fill,
    given: [
      user("  "),
      { role: "user", content: [] },
      { role: "assistant", content: null },
      calls("a"),
      result("a", ""),
      { role: "assistant", content: "", refusal: "No." },
    ],
    gives: [
      user("(empty)"),
      user("(empty)"),
      assistant("(empty)"),
      calls("a"),
      result("a", ""),
      { role: "assistant", content: "", refusal: "No." },
    ],
    notes: [
      "messages[0].content repaired",
      "messages[1].content repaired",
      "messages[2].content repaired",
    ],
  },
  {
    title: "null and absent content",
    pass: nulls,
    given: [{ role: "assistant", content: null }, { role: "assistant" }, assistant("")],
    gives: [assistant(""), assistant(""), assistant("")],
    notes: ["messages[0].content repaired", "messages[1].content repaired"],
  },
  {
    title: "white space at the end of the last assistant text only",
    pass: trim,
    given: [assistant("a "), user("b "), assistant("c \n")],
    gives: [assistant("a "), user("b "), assistant("c")],
    notes: ["messages[2].content repaired"],
  },
  {
    title: "white space at the end of the last assistant part",
    pass: trim,
    given: [{ role: "assistant", content: [text("a "), text("b ")] }],
    gives: [{ role: "assistant", content: [text("a "), text("b")] }],
    notes: ["messages[0].content repaired"],
  },
  {
    title: "neighbours of one role; tool results stay as they are",
    pass: mergeTurns,
    given: [
      user("a"),
      { role: "user", content: [image] },
      assistant("b"),
      assistant("c"),
      calls("d"),
      result("d"),
      result("e"),
    ],
    gives: [
      { role: "user", content: [text("a"), image] },
      {
        role: "assistant",
        content: [text("b"), text("c")],
        tool_calls: (calls("d") as { tool_calls: unknown }).tool_calls,
      },
      result("d"),
      result("e"),
    ],
    notes: ["messages[1] repaired", "messages[3] repaired", "messages[4] repaired"],
  },
  {
    title: "names that differ are not kept on the joined message",
    pass: mergeTurns,
    given: [
      { role: "user", name: "ann", content: "a" },
      { role: "user", name: "bob", content: "b" },
    ],
    gives: [{ role: "user", content: [text("a"), text("b")] }],
    notes: ["messages[1] repaired"],
  },
  {
    title: "an assistant message with a provider's state stays apart",
    pass: mergeTurns,
    given: [
      assistant("a"),
      {
        role: "assistant",
        content: "b",
        provider_state: [{ provider: "p", model: "m", endpoint: "e", items: [] }],
      },
    ],
    gives: [
      assistant("a"),
      {
        role: "assistant",
        content: "b",
        provider_state: [{ provider: "p", model: "m", endpoint: "e", items: [] }],
      },
    ],
    notes: [],
  },
  {
    title: "a history that starts with the assistant",
    pass: userFirst,
    given: [{ role: "system", content: "s" }, assistant("a")],
    gives: [{ role: "system", content: "s" }, user("Hello."), assistant("a")],
    notes: ["messages repaired"],
  },
  {
    title: "a history of system messages only",
    pass: userFirst,
    given: [{ role: "system", content: "s" }],
    gives: [{ role: "system", content: "s" }, user("Hello.")],
    notes: ["messages repaired"],
  },
  {
    title: "images in two results go after both",
    pass: resultImages,
    given: [
      calls("a", "b"),
      { role: "tool", tool_call_id: "a", content: [text("Here:"), image] },
      { role: "tool", tool_call_id: "b", content: [image, image] },
      assistant("Nice"),
    ],
    gives: [
      calls("a", "b"),
      {
        role: "tool",
        tool_call_id: "a",
        content: [
          text("Here:"),
          text("(Attached to this result: 1 item, in the next user message.)"),
        ],
      },
      {
        role: "tool",
        tool_call_id: "b",
        content: [text("(Attached to this result: 2 items, in the next user message.)")],
      },
      {
        role: "user",
        content: [
          text("Attached to the result of a:"),
          image,
          text("Attached to the result of b:"),
          image,
          image,
        ],
      },
      assistant("Nice"),
    ],
    notes: ["messages[1].content converted", "messages[2].content converted"],
  },
  {
    title: "an image in a system message",
    pass: systemImages,
    given: [
      { role: "system", content: [text("Be kind."), image] } as unknown as Message,
      { role: "developer", content: [image] } as unknown as Message,
    ],
    gives: [
      { role: "system", content: [text("Be kind.")] },
      { role: "user", content: [image] },
      { role: "user", content: [image] },
    ],
    notes: ["messages[0].content converted", "messages[1].content converted"],
  },
  {
    title: "text parts as one string; media stays, a cache mark is a hint",
    pass: textOnlyContent,
    given: [
      {
        role: "system",
        content: [{ ...text("a"), cache_control: { type: "ephemeral" } }, text("b")],
      },
      { role: "user", content: [text("c"), image] },
      { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
    ],
    gives: [
      { role: "system", content: "a\nb" },
      { role: "user", content: [text("c"), image] },
      assistant("No."),
    ],
    notes: ["messages[0].content[0].cache_control dropped"],
  },
  {
    title: "ids of another shape, those that fit kept, two calls never given one id",
    pass: ids,
    given: [
      calls("call00000", "toolu_1"),
      result("toolu_1"),
      result("call00000"),
      calls("toolu_1", "x"),
      result("x"),
      result("toolu_1"),
    ],
    gives: [
      calls("call00000", "call00001"),
      result("call00001", "result of toolu_1"),
      result("call00000"),
      calls("call00001", "call00002"),
      result("call00002", "result of x"),
      result("call00001", "result of toolu_1"),
    ],
    notes: [
      "messages[0].tool_calls[1].id repaired",
      "messages[3].tool_calls[0].id repaired",
      "messages[3].tool_calls[1].id repaired",
    ],
  },
  {
    title: "an id used again, where each may be used once",
    pass: once,
    given: [
      calls("a"),
      result("a", "1"),
      calls("a"),
      result("a", "2"),
      calls("a_2"),
      result("a_2", "3"),
    ],
    gives: [
      calls("a"),
      result("a", "1"),
      calls("a_3"),
      result("a_3", "2"),
      calls("a_2"),
      result("a_2", "3"),
    ],
    notes: ["messages[2].tool_calls[0].id repaired"],
  },
  {
    title: "an id without one usable letter, and one that is too long",
    pass: (m, c) => toolCallIds(m, c, { valid: /^[a-zA-Z0-9_-]{1,40}$/ }),
    given: [calls("functions.f:0", "", "x".repeat(41))],
    gives: [calls("functions_f_0", "call", "x".repeat(40))],
    notes: [
      "messages[0].tool_calls[0].id repaired",
      "messages[0].tool_calls[1].id repaired",
      "messages[0].tool_calls[2].id repaired",
    ],
  },
];

describe("a pass", () => {
  test.each(rows)("$title", ({ pass, given, gives, notes }) => {
    const kept = changes();
    expect(pass(frozen(given), kept)).toEqual(gives);
    expect(kept.list.map((change) => `${change.param} ${change.action}`)).toEqual(notes);
    expect(kept.list.every((change) => change.reason)).toBe(true);
  });

  const plain = [
    { role: "system", content: "s" } as const,
    user("a"),
    calls("abcdefghi"),
    result("abcdefghi"),
    assistant("b"),
  ];
  test.each(
    Object.entries({
      legacyFunctions,
      dropOrphanResults,
      answerOrphanCalls,
      orderResults,
      drop,
      fill,
      trim,
      mergeTurns,
      userFirst,
      resultImages,
      systemImages,
      textOnlyContent,
      ids,
      once,
    }),
  )("%s gives the same array back when there is nothing to do", (_, pass) => {
    const kept = changes();
    expect(pass(plain, kept)).toBe(plain);
    expect(kept.list).toEqual([]);
  });

  test("names the caller's index however many passes came before", () => {
    const kept = changes();
    let messages: readonly Message[] = [
      result("z"),
      user("Hi"),
      { role: "assistant" },
      calls("x!"),
    ];
    for (const pass of [dropOrphanResults, nulls, once]) messages = pass(messages, kept);
    expect(kept.list.map((change) => change.param)).toEqual([
      "messages[0]",
      "messages[2].content",
      "messages[3].content",
      "messages[3].tool_calls[0].id",
    ]);
  });

  test("toolCallIds takes an id that every turn of a long history uses", () => {
    const turns = Array.from({ length: 10_500 }, () => [calls("call_0"), result("call_0")]).flat();
    const ids = once(turns, changes()).map((message) =>
      message.role === "tool" ? message.tool_call_id : undefined,
    );
    expect(new Set(ids.filter(Boolean)).size).toBe(10_500);
  });

  test("toolCallIds says so when no id fits", () => {
    const impossible = { valid: /^$/, make: () => "x" };
    expect(() => toolCallIds([calls("a")], changes(), impossible)).toThrow(/"a"/);
  });

  test("textOnlyContent refuses to lose a cache mark when told to refuse hints", () => {
    const content = [{ ...text("a"), cache_control: { type: "ephemeral" as const } }];
    expect(() => textOnlyContent([{ role: "user", content }], changes("error"))).toThrow(
      /cache mark/,
    );
  });
});

describe("hoistSystem", () => {
  const history: Message[] = [
    { role: "system", content: "one" },
    { role: "developer", content: [{ ...text("two"), cache_control: { type: "ephemeral" } }] },
    user("Hi"),
    { role: "system", content: "three" },
  ];
  const start = [text("one"), { ...text("two"), cache_control: { type: "ephemeral" } }];

  test("moves later ones to the start", () => {
    const kept = changes();
    const { system, rest } = hoistSystem(frozen(history), kept, { later: "hoist" });
    expect({ system, rest }).toEqual({ system: [...start, text("three")], rest: [user("Hi")] });
    expect(kept.list).toMatchObject([{ param: "messages[3]", action: "converted" }]);
  });

  test("or leaves them in their place as marked user text", () => {
    const kept = changes();
    const { system, rest } = hoistSystem(frozen(history), kept, { later: "as-user" });
    const marked = { role: "user", content: [text("<system>\nthree\n</system>")] };
    expect({ system, rest }).toEqual({ system: start, rest: [user("Hi"), marked] });
    expect(kept.list).toMatchObject([{ param: "messages[3]", action: "converted" }]);
  });

  test("loses no image", () => {
    const content = [text("Be kind."), image] as never;
    const { system, rest } = hoistSystem([{ role: "system", content }], changes(), {
      later: "hoist",
    });
    expect({ system, rest }).toEqual({
      system: [text("Be kind.")],
      rest: [{ role: "user", content: [image] }],
    });
  });

  test("gives the same array back without system messages", () => {
    const plain = [user("Hi")];
    expect(hoistSystem(plain, changes(), { later: "hoist" }).rest).toBe(plain);
  });
});
