/** Long-term memory: each user's apart, a fact once, forgotten for good. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidRequestError } from "@polycall/core";
import fc from "fast-check";
import { afterAll, describe, expect, expectTypeOf, test } from "vitest";
import {
  type AgentContext,
  longTermMemory,
  memoryStore,
  type Store,
  UnknownEntryError,
} from "../src/index.ts";
import { sqliteStore } from "../src/node/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "memories-"));
const sqlite = sqliteStore(join(folder, "memories.db"), { synchronous: "normal" });
afterAll(async () => {
  await sqlite.close();
  rmSync(folder, { recursive: true, force: true });
});
const texts = (facts: readonly { text: string }[]) => facts.map(({ text }) => text);

/** What an agent would tell a tool. */
function contextOf<Context>(context: Context, idempotencyKey: string): AgentContext<Context> {
  return {
    context,
    idempotencyKey,
    toolCallId: "c1",
    signal: new AbortController().signal,
    runId: "r1",
    agent: "a",
    progress() {},
    emit() {},
    state: { get: () => undefined, set() {} },
  };
}

describe.each([
  ["memory", memoryStore()],
  ["sqlite", sqlite],
])("long-term memory in %s", (_, store) => {
  let made = 0;
  const fresh = () => longTermMemory({ store, scope: `user ${made++}` });

  test("remembers, recalls, lists and forgets", async () => {
    const memory = fresh();
    const seat = await memory.remember("Prefers window seats", { tags: ["travel", "plane"] });
    expect(seat).toMatchObject({
      text: "Prefers window seats",
      tags: ["travel", "plane"],
      isNew: true,
    });
    expect(seat.rememberedAt).toBeGreaterThan(Date.now() - 60_000);
    const cat = await memory.remember("Has a cat that travels by train to window shop");
    await memory.remember("Is allergic to nuts");

    expect(texts(await memory.recall("window seats"))).toEqual([seat.text, cat.text]);
    expect(texts(await memory.recall("PLANE"))).toEqual([seat.text]);
    expect(texts(await memory.recall("window", { limit: 1 }))).toHaveLength(1);
    expect(await memory.recall("dog")).toEqual([]);
    expect(await memory.recall("")).toEqual([]);
    expect(texts(await memory.list())).toEqual(["Is allergic to nuts", cat.text, seat.text]);
    expect(texts(await memory.list({ limit: 1 }))).toEqual(["Is allergic to nuts"]);

    expect(await memory.forget(seat.id)).toBe(true);
    expect(await memory.forget(seat.id)).toBe(false);
    expect(texts(await memory.recall("window seats plane"))).toEqual([cat.text]);
    expect(texts(await memory.list())).toEqual(["Is allergic to nuts", cat.text]);
    expect((await memory.remember(seat.text)).isNew).toBe(true);
    await memory.clear();
    expect(await memory.list()).toEqual([]);
  });

  test("what is forgotten is nowhere in the store", async () => {
    const memory = longTermMemory({ store, scope: "the forgetful" });
    const { id } = await memory.remember("The secret is swordfish", { key: "k" });
    await memory.forget(id);
    const logs = await store.list("memory/the forgetful/");
    const left = await Promise.all(logs.map(({ log }) => store.read(log)));
    expect(JSON.stringify(left)).not.toContain("swordfish");
    expect(await store.search("swordfish", { prefix: "" })).toEqual([]);
    await memory.clear();
    expect(await store.list("memory/the forgetful/")).toEqual([]);
  });

  test.each([
    ["Prefers tea", "Prefers tea", 1],
    ["Prefers tea", "  prefers   tea.\n", 1],
    ["Is from Caf\u00e9 Noir", "Is from Cafe\u0301 Noir", 1],
    ["Writes C", "Writes C++", 2],
    ["The door code is abC", "The door code is abc", 2],
  ])("%j and %j are %i facts", async (one, other, count) => {
    const memory = fresh();
    const first = await memory.remember(one);
    const second = await memory.remember(other);
    expect(second.isNew).toBe(count === 2);
    if (count === 1) expect(second).toEqual({ ...first, isNew: false });
    expect(await memory.list()).toHaveLength(count);
  });

  test("remembers once for an idempotency key, whatever happens meanwhile", async () => {
    const memory = fresh();
    const all = await Promise.all(
      Array.from({ length: 5 }, () => memory.remember("Likes jazz", { key: "call 1" })),
    );
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await memory.remember("Likes blues", { key: "call 1" })).toEqual({
      ...all[0],
      isNew: false,
    });
    expect(texts(await memory.list())).toEqual(["Likes jazz"]);
    expect((await memory.remember("Likes jazz", { key: "call 2" })).isNew).toBe(false);

    await memory.forget(all[0]!.id);
    expect((await memory.remember("Likes jazz", { key: "call 1" })).isNew).toBe(false);
    await expect(memory.remember("Likes blues", { key: "call 1" })).rejects.toThrow(
      InvalidRequestError,
    );
    expect(await memory.list()).toEqual([]);
    expect((await memory.remember("Likes jazz", { key: "call 3" })).isNew).toBe(true);
  });

  test("a crash at any write is made good by the next try", async () => {
    for (let writes = 0; writes < 4; writes++) {
      const scope = `crash ${writes}`;
      let left = writes;
      const dying: Store = {
        ...store,
        append: async (...args) => {
          if (left-- <= 0) throw new Error("power cut");
          return store.append(...args);
        },
      };
      const first = longTermMemory({ store: dying, scope }).remember("Likes jazz", { key: "k" });
      if (writes < 3) await expect(first).rejects.toThrow("power cut");
      else await first;
      const memory = longTermMemory({ store, scope });
      await memory.remember("Likes jazz", { key: "k" });
      await memory.remember("Likes jazz", { key: "k" });
      expect(texts(await memory.list())).toEqual(["Likes jazz"]);
    }
  });

  test("no scope sees another's, however it is called", async () => {
    const scopes = [
      "a", "ab", "a/", "a/fact", "a/fact/", "/", "//", ".", "..", "../a", "%", "%2F", "a%2Ffact%2F", "_", "*",
      "a*", "?", "'", "' or 1=1 --", "\\", '"', "\n", " ", " a", "A", "é", "e\u0301", "日本", "__proto__",
      "constructor", "fact", "key", "memory/a", "undefined", "{a}", "\u{10FFFF}", "x".repeat(400),
    ]; // biome-ignore format: a table
    const hostile = scopes.map((scope) => `${scope}`);
    const memories = hostile.map((scope) => longTermMemory({ store, scope }));
    for (const [i, memory] of memories.entries()) {
      await memory.remember(`Shared words, number ${i}`, { key: "same key" });
      await memory.remember("Everybody says this");
    }
    for (const [i, memory] of memories.entries()) {
      const own = [`Shared words, number ${i}`];
      expect(texts(await memory.recall("shared words", { limit: 100 })), hostile[i]).toEqual(own);
      expect(texts(await memory.list()), hostile[i]).toEqual(["Everybody says this", ...own]);
    }
    const [victim, thief] = memories;
    const { id } = (await victim!.list())[1]!;
    const hops = [id, `../a/fact/${id}`, `/${id}`, `a/fact/${id}`, `${id}/`, "", "*", `%2F${id}`];
    for (const hop of hops) expect(await thief!.forget(hop)).toBe(false);
    await thief!.clear();
    expect(await thief!.list()).toEqual([]);
    for (const memory of memories.filter((one) => one !== thief)) {
      expect(await memory.list()).toHaveLength(2);
    }
  });

  test("any two scopes are apart", async () => {
    const odd = fc.stringMatching(/^[a/%2F.#~*_-]{1,8}$/);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(odd, odd, async (one, other) => {
        fc.pre(one !== other);
        const word = `w${run++}`;
        await longTermMemory({ store, scope: one }).remember(`Says ${word}`);
        const apart = longTermMemory({ store, scope: other });
        expect(await apart.recall(word)).toEqual([]);
        expect(texts(await apart.list())).not.toContain(`Says ${word}`);
      }),
      { numRuns: 50 },
    );
  });

  test("gives an agent three tools, whose scope each call's context tells", async () => {
    const memory = longTermMemory({
      store,
      scope: ({ context }: AgentContext<{ user: string }>) => context.user,
    });
    const [remember, recall, forget] = memory.tools;
    expect(memory.tools.map((tool) => tool.function.name)).toEqual([
      "remember",
      "recall",
      "forget",
    ]);
    expect(recall!.policy).toMatchObject({ untrusted: true });
    expectTypeOf(remember!.execute).parameter(1).toEqualTypeOf<AgentContext<{ user: string }>>();

    const scope = `tools ${made++}`;
    const anna = contextOf({ user: `${scope} anna` }, "call 1");
    const bob = contextOf({ user: `${scope} bob` }, "call 1");
    const fact = await remember!.execute({ text: "Likes tea", tags: ["drink"] }, anna);
    expect(fact).toEqual({ id: expect.any(String), remembered: "Likes tea", isNew: true });
    expect(await remember!.execute({ text: "Likes tea" }, anna)).toMatchObject({ isNew: false });
    await remember!.execute({ text: "Has a dog" }, contextOf(anna.context, "call 2"));

    const { id } = fact as { id: string };
    expect(await recall!.execute({ query: "tea" }, anna)).toEqual([
      { id, text: "Likes tea", tags: ["drink"] },
    ]);
    expect(texts((await recall!.execute({ query: "" }, anna)) as never)).toEqual([
      "Has a dog",
      "Likes tea",
    ]);
    expect(await recall!.execute({ query: "" }, bob)).toEqual([]);
    expect(await forget!.execute({ id }, bob)).toEqual({ forgotten: false });
    expect(await forget!.execute({ id }, anna)).toEqual({ forgotten: true });
    expect(texts(await memory.of(`${scope} anna`).list())).toEqual(["Has a dog"]);
  });

  test.each<[string, unknown]>([
    ["no user", undefined],
    ["null", null],
    ["nothing", ""],
    ["a number", 7],
    ["a promise", Promise.resolve("anna")],
    ["too long", "x".repeat(401)],
    ["too long when written", "/".repeat(200)],
  ])("a scope that is %s is refused, not shared", async (__, scope) => {
    expect(() => longTermMemory({ store, scope: scope as string })).toThrow(InvalidRequestError);
    const memory = longTermMemory({ store, scope: () => scope as string });
    for (const tool of memory.tools) {
      const call = (async () =>
        tool.execute({ text: "x", query: "x", id: "x" }, contextOf({}, "k")))();
      await expect(call).rejects.toThrow(InvalidRequestError);
    }
  });

  test.each<[string, unknown, unknown]>([
    ["no text", undefined, undefined],
    ["blank text", " \n", undefined],
    ["a number", 7, undefined],
    ["far too much", "x".repeat(10_001), undefined],
    ["tags that are no list", "x", "tag"],
    ["a tag that is no text", "x", [1]],
  ])("refuses %s", async (__, text, tags) => {
    const memory = fresh();
    const call = memory.remember(text as string, { tags: tags as string[] });
    await expect(call).rejects.toThrow(InvalidRequestError);
    expect(await memory.list()).toEqual([]);
  });

  test("a fact of another version is refused by name", async () => {
    const scope = `version ${made++}`;
    const memory = longTermMemory({ store, scope });
    const { id } = await memory.remember("Likes tea");
    await store.delete(`memory/${scope}/fact/${id}`);
    await store.append(`memory/${scope}/fact/${id}`, 0, [
      { data: { v: 2, type: "fact" }, text: "tea" },
    ]);
    await expect(memory.list()).rejects.toThrow(UnknownEntryError);
    await expect(memory.recall("tea")).rejects.toThrow(/version 2/);
  });
});
