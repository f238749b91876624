/** Sessions: what is appended is kept exactly, and no change of a session loses anything. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidRequestError, type Message } from "@polycall/core";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  listSessions,
  memoryStore,
  StoreError,
  searchSessions,
  session,
  UnknownEntryError,
  VersionConflictError,
} from "../src/index.ts";
import { sqliteStore } from "../src/node/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "sessions-"));
const sqlite = sqliteStore(join(folder, "sessions.db"), { synchronous: "normal" });
afterAll(async () => {
  await sqlite.close();
  rmSync(folder, { recursive: true, force: true });
});

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

describe.each([
  ["memory", memoryStore()],
  ["sqlite", sqlite],
])("a session in %s", (_, store) => {
  let made = 0;
  const fresh = () => session(`s${made++}`, { store });

  test("is new until something is said", async () => {
    const chat = fresh();
    expect(await chat.load()).toEqual({ messages: [], version: 0 });
    expect(await chat.append([], { version: 0 })).toBe(0);
    expect(await chat.append([user("Hi"), assistant("Hello")], { version: 0, run: "r1" })).toBe(1);
    expect(await chat.append([user("Bye")], { version: 1 })).toBe(2);
    expect(await chat.load()).toEqual({
      messages: [user("Hi"), assistant("Hello"), user("Bye")],
      version: 2,
    });
    expect(await chat.history()).toEqual([
      { v: 1, type: "messages", run: "r1", messages: [user("Hi"), assistant("Hello")] },
      { v: 1, type: "messages", messages: [user("Bye")] },
    ]);
  });

  test("two tabs cannot write over one another", async () => {
    const chat = fresh();
    await chat.append([user("one")], { version: 0 });
    const tabs = await Promise.allSettled([
      session(chat.id, { store }).append([user("left")], { version: 1 }),
      session(chat.id, { store }).append([user("right")], { version: 1 }),
    ]);
    expect(tabs.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = tabs.find((tab) => tab.status === "rejected")!;
    expect(lost.reason).toBeInstanceOf(VersionConflictError);
    expect(lost.reason).toMatchObject({ log: `session/${chat.id}`, expected: 1, actual: 2 });
    expect(await chat.messages()).toHaveLength(2);
    await expect(chat.append([], { version: 1 })).rejects.toThrow(VersionConflictError);
  });

  test("keeps messages as they are, with what providers need back", async () => {
    const messages: Message[] = [
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: '{"a": 1.0}' } },
        ],
        thinking_blocks: [{ type: "thinking", thinking: "hm \ud83d", signature: "c2ln+/=" }],
        reasoning_content: "hm",
        provider_state: [
          {
            provider: "openai",
            model: "gpt-6",
            endpoint: "responses",
            items: [
              JSON.parse('{"encrypted_content":"x\\u0000y","n":1e21,"__proto__":{"a":[null]}}'),
            ],
          },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "" },
    ];
    const chat = fresh();
    const before = JSON.stringify(messages);
    const written = chat.append(messages, { version: 0 });
    (messages[2] as { content: string }).content = "changed after the call";
    await written;
    expect(JSON.stringify(await chat.messages())).toBe(before);
  });

  test("any JSON in a provider's state comes back to the byte", async () => {
    const chat = fresh();
    let version = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (items) => {
        const message = JSON.parse(
          JSON.stringify({
            role: "assistant",
            provider_state: [{ provider: "x", model: "y", endpoint: "z", items }],
          }),
        ) as Message;
        version = await chat.append([message], { version });
        expect(JSON.stringify((await chat.messages()).at(-1))).toBe(JSON.stringify(message));
      }),
      { numRuns: 30 },
    );
  });

  test("rewinds to a version, and back again", async () => {
    const chat = fresh();
    await chat.append([user("a"), assistant("b")], { version: 0 });
    await chat.append([user("c")], { version: 1 });
    await chat.append([assistant("d")], { version: 2 });
    expect(await chat.rewind(1)).toBe(4);
    expect(await chat.messages()).toEqual([user("a"), assistant("b")]);
    await chat.append([user("e")], { version: 4 });
    expect(await chat.messages()).toEqual([user("a"), assistant("b"), user("e")]);
    await chat.rewind(3);
    expect(await chat.messages()).toEqual([user("a"), assistant("b"), user("c"), assistant("d")]);
    await chat.rewind(5);
    expect(await chat.messages()).toEqual([user("a"), assistant("b"), user("e")]);
    await chat.rewind(4);
    expect(await chat.messages()).toEqual([user("a"), assistant("b")]);
    await chat.rewind(0);
    expect(await chat.messages()).toEqual([]);
    expect(await chat.version()).toBe(9);
    expect((await chat.history()).map(({ type }) => type.charAt(0)).join("")).toBe("mmmrmrrrr");
    await expect(chat.rewind(3, { version: 8 })).rejects.toThrow(VersionConflictError);
    for (const to of [-1, 10, 0.5, undefined, "1"]) {
      await expect(chat.rewind(to as number), String(to)).rejects.toThrow(InvalidRequestError);
    }
    expect(await chat.version()).toBe(9);
  });

  test("forks, whole or at a version; the fork is its own", async () => {
    const chat = fresh();
    await chat.append([user("a")], { version: 0 });
    await chat.append([user("b")], { version: 1 });
    await chat.rewind(1);
    const whole = await chat.fork(`${chat.id} whole`);
    const early = await chat.fork(`${chat.id} early`, { at: 2 });
    expect(await whole.load()).toEqual({ messages: [user("a")], version: 3 });
    expect(await early.load()).toEqual({ messages: [user("a"), user("b")], version: 2 });
    await early.append([user("c")], { version: 2 });
    await chat.clear();
    expect(await chat.load()).toEqual({ messages: [], version: 0 });
    expect(await early.messages()).toEqual([user("a"), user("b"), user("c")]);
    await expect(early.fork(whole.id)).rejects.toThrow(VersionConflictError);
    await expect(early.fork("later", { at: 4 })).rejects.toThrow(/has no version 4; .* 0 to 3/);
    await expect(early.fork("")).rejects.toThrow(InvalidRequestError);
    expect(await (await early.fork(`${chat.id} none`, { at: 0 })).messages()).toEqual([]);
  });

  test("compacts the first messages; history and rewind still know them", async () => {
    const chat = fresh();
    await chat.append([user("a"), assistant("b"), user("c")], { version: 0 });
    const summary: Message = { role: "system", content: "They greeted." };
    expect(await chat.compact(2, [summary], { version: 1 })).toBe(2);
    await chat.append([assistant("d")], { version: 2 });
    expect(await chat.messages()).toEqual([summary, user("c"), assistant("d")]);
    await chat.compact(3, [], { version: 3 });
    expect(await chat.messages()).toEqual([]);
    await chat.rewind(1);
    expect(await chat.messages()).toEqual([user("a"), assistant("b"), user("c")]);
    expect((await chat.history())[1]).toEqual({
      v: 1,
      type: "compaction",
      replaced: 2,
      by: [summary],
    });
    await expect(chat.compact(4, [], { version: 5 })).rejects.toThrow(
      /has 3 messages at version 5/,
    );
    await expect(chat.compact(1, [], { version: 4 })).rejects.toThrow(VersionConflictError);
    await expect(chat.compact(1, [], { version: 7 })).rejects.toThrow(VersionConflictError);
  });

  test("finds what was said, compacted too, but not what was rewound", async () => {
    const chat = fresh();
    await chat.append([user("A flight to Lisbon"), assistant("Which day?")], { version: 0 });
    await chat.append([user("Lisbon, no: Madrid")], { version: 1 });
    await chat.append(
      [
        {
          role: "tool",
          tool_call_id: "c",
          content: [{ type: "text", text: "Lisbon: TAP 571, TAP 575" }],
        },
      ],
      { version: 2 },
    );
    const at = async (query: string, limit?: number) =>
      (await chat.search(query, { limit })).map(({ session: id, version, messages }) => {
        expect(id).toBe(chat.id);
        return [version, messages.length];
      });
    expect(await at("lisbon flight")).toEqual([
      [1, 1],
      [3, 1],
      [2, 1],
    ]);
    expect(await at("lisbon", 1)).toEqual([[3, 1]]);
    expect(await at("TAP")).toEqual([[3, 1]]);
    expect(await at("lisboa")).toEqual([]);
    expect(await at("")).toEqual([]);
    await chat.compact(3, [user("Lisbon it is")], { version: 3 });
    await chat.rewind(1);
    await chat.append([user("Day: Tuesday")], { version: 5 });
    expect(await at("lisbon day")).toEqual([
      [1, 2],
      [6, 1],
    ]);
  });

  test("lists and searches sessions by how their ids begin", async () => {
    const ids = ["anna/1", "anna/2", "annabel/1", "anna%", "bob/1"].map((id) => `${made}-${id}`);
    for (const id of ids)
      await session(id, { store }).append([user(`hi from ${id} 42`)], { version: 0 });
    const [first, second] = await listSessions({ store, prefix: `${made}-anna/` });
    expect([first!.id, second!.id]).toEqual([ids[1], ids[0]]);
    expect(first).toMatchObject({ version: 1, updatedAt: expect.any(Number) });
    expect((await listSessions({ store, limit: 2 })).map(({ id }) => id)).toEqual([ids[4], ids[3]]);
    const found = await searchSessions("42", { store, prefix: `${made}-anna/` });
    expect(found.map(({ session: id }) => id).sort()).toEqual([ids[0], ids[1]]);
    expect(found[0]).toMatchObject({ version: 1, messages: [{ role: "user" }] });
    expect(await searchSessions("42", { store, prefix: `${made}-`, limit: 3 })).toHaveLength(3);
  });

  test.each<[string, object, string]>([
    [
      "of a newer version",
      { v: 2, type: "messages", messages: [] },
      "is of version 2; this polycall reads version 1",
    ],
    ["of no version", { type: "messages", messages: [] }, "is of version undefined"],
    [
      "of an unknown type",
      { v: 1, type: "toString" },
      'is a "toString", which this polycall does not know',
    ],
  ])("an entry %s is refused by name", async (__, data, words) => {
    const chat = fresh();
    await chat.append([user("a")], { version: 0 });
    await store.append(`session/${chat.id}`, 1, [{ data: data as never }]);
    const error = await chat.messages().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnknownEntryError);
    expect(String(error)).toContain(`Entry 1 of the log "session/${chat.id}" ${words}`);
    await expect(chat.history()).rejects.toThrow(UnknownEntryError);
    await expect(chat.search("a")).rejects.toThrow(StoreError);
  });

  test.each<[string, object]>([
    ["messages that are none", { v: 1, type: "messages" }],
    ["a rewind into the future", { v: 1, type: "rewind", to: 2 }],
    ["a rewind to nowhere", { v: 1, type: "rewind" }],
    ["a compaction without a number", { v: 1, type: "compaction", by: [] }],
  ])("%s: a damaged entry is told", async (__, data) => {
    const chat = fresh();
    await store.append(`session/${chat.id}`, 0, [{ data: 1 }].slice(1));
    await chat.append([user("a")], { version: 0 });
    await store.append(`session/${chat.id}`, 1, [{ data: data as never }]);
    await expect(chat.messages()).rejects.toThrow(/Entry 1 .* is damaged/);
  });

  test.each<[string, unknown]>([
    ["no list", "hello"],
    ["nothing", undefined],
    ["a message without a role", [{ content: "x" }]],
    ["null", [null]],
    ["a hole", [undefined]],
  ])("refuses %s for messages", async (__, messages) => {
    const chat = fresh();
    const append = chat.append(messages as Message[], { version: 0 });
    await expect(append).rejects.toThrow(InvalidRequestError);
    expect(await chat.version()).toBe(0);
  });
});

test("a session needs an id", () => {
  const store = memoryStore();
  expect(() => session("", { store })).toThrow(InvalidRequestError);
  expect(() => session(undefined as never, { store })).toThrow(InvalidRequestError);
});

test("any history of changes comes to what a model of it says", async () => {
  const change = fc.oneof(
    fc.record({ type: fc.constant("append" as const), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      type: fc.constant("rewind" as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      type: fc.constant("compact" as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  );
  let made = 0;
  const store = memoryStore();
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      const chat = session(`model ${made++}`, { store });
      const states: string[][] = [[]];
      for (const [i, one] of changes.entries()) {
        const now = states.at(-1)!;
        const version = states.length - 1;
        if (one.type === "append") {
          const said = Array.from({ length: one.count }, (_, k) => `${i}.${k}`);
          await chat.append(said.map(user), { version });
          states.push([...now, ...said]);
        } else if (one.type === "rewind") {
          const to = Math.round(one.share * version);
          await chat.rewind(to, { version });
          states.push(states[to]!);
        } else {
          const replaced = Math.round(one.share * now.length);
          await chat.compact(replaced, [user(`sum ${i}`)], { version });
          states.push([`sum ${i}`, ...now.slice(replaced)]);
        }
      }
      expect(await chat.messages()).toEqual(states.at(-1)!.map(user));
      for (const [at, state] of states.entries()) {
        const fork = await chat.fork(`model ${made++}`, { at });
        expect(await fork.messages()).toEqual(state.map(user));
      }
    }),
    { numRuns: 100 },
  );
});
