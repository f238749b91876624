/** What every store must do: the suite that says when an adapter is right. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { InvalidRequestError } from "@polycall/core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Json, type Store, StoreError, VersionConflictError } from "../src/index.ts";
import type { Place } from "./open-store.ts";

const entry = (data: Json, text?: string) => (text === undefined ? { data } : { data, text });
const names = async (store: Store, prefix: string) =>
  (await store.list(prefix)).map(({ log }) => log);
const long = Boolean(process.env.POLYCALL_LONG);

/**
 * @param open a new handle on the same logs, which are none at first
 * @param place where they are, for processes of their own; absent: the store has but one process
 */
export function storeContract(open: () => Promise<Store>, place?: Place): void {
  const handles: Store[] = [];
  const handle = async () => {
    handles.push(await open());
    return handles.at(-1)!;
  };
  let store: Store;
  beforeAll(async () => {
    store = await handle();
  });
  afterAll(() => Promise.all(handles.map((one) => one.close())));

  test("keeps what is appended, in order, and reads any part of it", async () => {
    expect(await store.append("a/order", 0, [entry(1), entry("two")])).toBe(2);
    expect(await store.append("a/order", 2, [entry({ three: [null, true] }, "some text")])).toBe(3);
    const all = [entry(1), entry("two"), entry({ three: [null, true] }, "some text")];
    expect(await store.read("a/order")).toEqual(all);
    expect(await store.read("a/order", { from: 1 })).toEqual(all.slice(1));
    expect(await store.read("a/order", { to: 2 })).toEqual(all.slice(0, 2));
    expect(await store.read("a/order", { from: 1, to: 2 })).toEqual([all[1]]);
    expect(await store.read("a/order", { from: 2, to: 1 })).toEqual([]);
    expect(await store.read("a/order", { from: 7 })).toEqual([]);
    expect(await store.version("a/order")).toBe(3);
  });

  test("a log that nobody has written to is empty and not listed", async () => {
    expect(await store.read("a/none")).toEqual([]);
    expect(await store.version("a/none")).toBe(0);
    expect(await store.append("a/none", 0, [])).toBe(0);
    expect(await names(store, "a/none")).toEqual([]);
    await store.delete("a/none");
  });

  test.each([
    [0, 2],
    [1, 2],
    [3, 2],
  ])("an append at version %i of a log of %i writes nothing", async (version, actual) => {
    const log = `a/conflict-${version}`;
    await store.append(log, 0, [entry("a"), entry("b")]);
    const error = await store.append(log, version, [entry("lost")]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(VersionConflictError);
    expect(error).toMatchObject({ log, expected: version, actual });
    await expect(store.append(log, version, [])).rejects.toThrow(VersionConflictError);
    expect(await store.read(log)).toEqual([entry("a"), entry("b")]);
    await expect(store.append("a/nothing", 1, [entry(1)])).rejects.toThrow(VersionConflictError);
    expect(await names(store, "a/nothing")).toEqual([]);
  });

  test("of appends at the same version, through two handles, one wins", async () => {
    const other = await handle();
    const tries = Array.from({ length: 10 }, (_, i) =>
      (i % 2 ? store : other).append("a/race", 0, [entry(i), entry(i)]),
    );
    const results = await Promise.allSettled(tries);
    const won = results.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(VersionConflictError);
    }
    expect(await other.read("a/race")).toEqual([entry(won[0]!), entry(won[0]!)]);
  });

  test("lists by prefix, the log written last first", async () => {
    const before = Date.now();
    for (const log of ["b/1", "b/2", "b/3", "bb/4"]) await store.append(log, 0, [entry(0)]);
    await store.append("b/2", 1, [entry(1), entry(2)]);
    expect(await names(store, "b/")).toEqual(["b/2", "b/3", "b/1"]);
    expect(await names(store, "b")).toEqual(["b/2", "bb/4", "b/3", "b/1"]);
    const [first, ...rest] = await store.list("b/", { limit: 2 });
    expect(first).toMatchObject({ log: "b/2", version: 3 });
    expect(first!.updatedAt).toBeGreaterThan(before - 60_000);
    expect(first!.updatedAt).toBeLessThan(Date.now() + 60_000);
    expect(rest.map(({ log }) => log)).toEqual(["b/3"]);
    expect(await store.list("b/", { limit: 0 })).toEqual([]);
    expect((await names(store, "")).length).toBeGreaterThan(4);
  });

  test("names of any text do not run into one another", async () => {
    const strange = [
      "c/%", "c/_", "c/*", "c/?", "c/[a-z]", "c/'", 'c/"', "c/\\", "c/\\%", "c/$1", "c/;--", "c/ ",
      "c/\n", "c/é", "c/e\u0301", "c/É", "c/日本", "c/\u{10FFFF}", "c/\u{10FFFF}\u{10FFFF}", "c/\uFFFF",
      "c/👩‍👩‍👧", "c/a", "c/A", "c/a%", "c/a_", "c/ab", "c/a/b", "c/__proto__", "c/constructor", "c/{x}",
      `c/${"x".repeat(510)}`, `c/${"日".repeat(510)}`,
    ]; // biome-ignore format: a table
    for (const name of strange) await store.append(name, 0, [entry(name, "strange")]);
    expect((await names(store, "c/")).sort()).toEqual([...strange].sort());
    for (const name of strange) {
      expect(await store.read(name)).toEqual([entry(name, "strange")]);
      const like = strange.filter((one) => one.startsWith(name)).sort();
      expect((await names(store, name)).sort(), name).toEqual(like);
      const found = await store.search("strange", { prefix: name, limit: 100 });
      expect(found.map(({ log }) => log).sort(), name).toEqual(like);
    }
    await store.delete("c/a");
    expect((await names(store, "c/a")).sort()).toEqual(["c/a%", "c/a/b", "c/a_", "c/ab"]);
  });

  test("data comes back as JSON has it, whatever it is", async () => {
    let version = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json(), { minLength: 1, maxLength: 5 }), async (texts) => {
        const data = [
          ...texts.map((text) => JSON.parse(text) as Json),
          "\0",
          "\ud83d",
          '{"__proto__":1}',
        ];
        await store.append(
          "a/json",
          version,
          data.map((one) => entry(one, JSON.stringify(one))),
        );
        const read = await store.read("a/json", { from: version });
        version += data.length;
        expect(read.map((one) => JSON.stringify(one.data))).toEqual(
          data.map((one) => JSON.stringify(one)),
        );
        expect(read.map(({ text }) => text)).toEqual(data.map((one) => JSON.stringify(one)));
      }),
      { numRuns: long ? 500 : 30 },
    );
  });

  test("what it gives out is nobody else's", async () => {
    const data = { list: [1] };
    await store.append("a/own", 0, [entry(data)]);
    data.list.push(2);
    const [read] = (await store.read("a/own")) as [{ data: { list: number[] } }];
    read.data.list.push(3);
    expect(await store.read("a/own")).toEqual([entry({ list: [1] })]);
  });

  test("finds entries by any of the words, whatever their case, the best first", async () => {
    const texts = [
      "The train to Berlin leaves at noon",
      "A hotel in Berlin, near the zoo",
      "Straße, ΟΔΟΣ, café, ﬁne",
      "東京に住んでいます",
      "ความสุข อยู่ที่ไหน",
      undefined,
      "C'est 3.14 % of foo_bar's \"quoted\" OR NEAR(x) AND -minus* (paren",
    ];
    await store.append(
      "d/x",
      0,
      texts.map((text, i) => entry(i, text)),
    );
    await store.append("dd", 0, [entry(0, "Berlin hotel zoo")]);
    const find = async (query: string, limit?: number) =>
      (await store.search(query, { prefix: "d/", limit })).map(({ log, index, entry: found }) => {
        expect({ log, found }).toEqual({ log: "d/x", found: entry(index, texts[index]) });
        return index;
      });
    expect(await find("zoo BERLIN hotel")).toEqual([1, 0]);
    expect((await find("berlin")).sort()).toEqual([0, 1]);
    expect(await find("berlin", 1)).toHaveLength(1);
    expect(await find("berlin", 0)).toEqual([]);
    expect(await find("noon, hamburg?")).toEqual([0]);
    for (const query of ["STRASSE", "straße", "οδος", "CAFE\u0301", "fine"]) {
      expect(await find(query), query).toEqual([2]);
    }
    for (const query of ["東京", "京", "東京タワー"]) expect(await find(query), query).toEqual([3]);
    expect(await find("大阪")).toEqual([]);
    expect(await find("ความสุข")).toEqual([4]);
    for (const query of ["foo", 'quoted"', "x)", "minus*", "3.14", "or'", "$1 paren"]) {
      expect(await find(query), query).toEqual([6]);
    }
    for (const query of ["", " ", "%", "_", "*", "'", '"', "-", "()", "\0", "ber", "erlin"]) {
      expect(await find(query), query).toEqual([]);
    }
    expect(await find(`berlin ${"word ".repeat(5000)}`)).toHaveLength(2);
  });

  test("a search knows nothing of what was deleted, and much of what is long", async () => {
    await store.append("e/1", 0, [entry(0, "unicorn")]);
    await store.append("e/2", 0, [entry(0, `unicorn ${"lorem ".repeat(20_000)}`)]);
    const distinct = Array.from({ length: 70_000 }, (_, i) => `w${i}`).join(" ");
    await store.append("e/3", 0, [entry(0, `unicorn ${distinct} ${"x".repeat(100_000)}`)]);
    await store.append("e/4", 0, [entry(0, "字".repeat(100_000))]);
    await store.delete("e/1");
    const found = await store.search("unicorn", { prefix: "e/" });
    expect(found.map(({ log }) => log).sort()).toEqual(["e/2", "e/3"]);
    expect(await store.append("e/1", 0, [entry(1, "phoenix")])).toBe(1);
    expect(await store.search("unicorn", { prefix: "e/1" })).toEqual([]);
    expect(await store.search("phoenix", { prefix: "e/1" })).toHaveLength(1);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["no name", () => store.append("", 0, [])],
    ["a name of 513 characters", () => store.append("x".repeat(513), 0, [])],
    ["a name with U+0000", () => store.read("a\0b")],
    ["a name with half a character", () => store.version("a\ud83d")],
    ["a name that is no text", () => store.delete(7 as never)],
    ["a prefix with half a character", () => store.list("\ud83d")],
    ["a prefix that is no text", () => store.search("x", {} as never)],
    ["a version below 0", () => store.append("a/bad", -1, [])],
    ["half a version", () => store.append("a/bad", 0.5, [])],
    ["no version", () => store.append("a/bad", undefined as never, [])],
    ["a cycle", () => {
      const cycle: Record<string, Json> = {};
      cycle.self = cycle;
      return store.append("a/bad", 0, [entry(1), entry(cycle)]);
    }],
    ["a big integer", () => store.append("a/bad", 0, [entry(1n as never)])],
    ["no data", () => store.append("a/bad", 0, [{} as never])],
    ["text that is none", () => store.append("a/bad", 0, [{ data: 1, text: 2 as never }])],
    ["a limit below 0", () => store.list("", { limit: -1 })],
    ["no number for a limit", () => store.search("x", { prefix: "", limit: Number.NaN })],
  ])("refuses %s, and writes nothing", async (_, act) => {
    await expect(act()).rejects.toThrow(InvalidRequestError);
    expect(await names(store, "a/bad")).toEqual([]);
  }); // biome-ignore format: rows

  test("large entries and many at once", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => entry(i, `number ${i}`));
    await store.append("a/large", 0, [...many, entry("x".repeat(3_000_000), "huge")]);
    expect(await store.version("a/large")).toBe(3001);
    expect(await store.read("a/large", { from: 2999, to: 3000 })).toEqual([many[2999]]);
    const [huge] = await store.search("huge", { prefix: "a/large" });
    expect(String(huge?.entry.data)).toHaveLength(3_000_000);
  });

  test("any interleaving of appends, through two handles, is as the model says", async () => {
    const other = await handle();
    const step = fc.record({
      log: fc.constantFrom("x", "y"),
      by: fc.boolean(),
      off: fc.constantFrom(0, 0, 0, 0, -1, 1),
      count: fc.integer({ min: 0, max: 3 }),
      remove: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 6 }),
        async (rounds) => {
          const root = `f/${run++}/`;
          const model = new Map<string, Json[]>();
          for (const [number, together] of rounds.entries()) {
            const appends = together.filter(({ remove }) => !remove);
            const done = await Promise.allSettled(
              appends.map(({ log, by, off, count }, i) => {
                const added = Array.from({ length: count }, (_, k) => entry([number, i, k]));
                const at = Math.max(0, (model.get(log)?.length ?? 0) + off);
                return (by ? store : other).append(root + log, at, added);
              }),
            );
            for (const log of ["x", "y"]) {
              const data = model.get(log) ?? [];
              const start = data.length;
              const writers = appends
                .map((one, i) => ({ ...one, i, at: Math.max(0, start + one.off) }))
                .filter((one) => one.log === log && one.count > 0);
              const won = writers
                .filter(({ i }) => done[i]!.status === "fulfilled")
                .sort((a, b) => a.at - b.at);
              for (const { i, at, count } of won) {
                expect(at).toBe(data.length);
                expect(done[i]).toEqual({ status: "fulfilled", value: at + count });
                data.push(...Array.from({ length: count }, (_, k) => [number, i, k]));
                model.set(log, data);
              }
              if (writers.some(({ at }) => at === start)) expect(won).not.toHaveLength(0);
            }
            for (const one of done) {
              if (one.status === "fulfilled") continue;
              expect(one.reason).toBeInstanceOf(VersionConflictError);
              expect(one.reason.actual).not.toBe(one.reason.expected);
            }
            for (const { log } of together.filter(({ remove }) => remove)) {
              await store.delete(root + log);
              model.delete(log);
            }
            for (const log of ["x", "y"]) {
              const expected = (model.get(log) ?? []).map((data) => entry(data));
              expect(await other.read(root + log)).toEqual(expected);
              expect(await store.version(root + log)).toBe(expected.length);
            }
          }
          expect((await names(other, root)).sort()).toEqual(
            [...model.keys()].sort().map((log) => root + log),
          );
        },
      ),
      { numRuns: long ? 300 : 15 },
    );
  });

  test.skipIf(!place)(
    "of two processes at one log one is killed, and nothing is lost",
    async () => {
      for (let kill = 0; kill < (long ? 30 : 1); kill++) {
        const log = `g/killed-${kill}`;
        const times = long ? 300 : 30;
        const killed = appender(place!, log, "killed", 1_000_000);
        const other = appender(place!, log, "other", times);
        const ended = once(other, "exit");
        let told = 0;
        const enough = 5 + Math.floor(Math.random() * 50);
        for await (const _ of createInterface({ input: killed.stdout })) {
          told++;
          if (told >= enough) killed.kill("SIGKILL");
        }
        expect((await ended)[0]).toBe(0);

        const kept = (await store.read(log)).map(({ data }) => String(data));
        for (const name of ["killed", "other"]) {
          const own = kept.filter((data) => data.startsWith(name));
          expect(own).toEqual(own.map((_, i) => `${name} ${i >> 1} ${i % 2 ? "b" : "a"}`));
          expect(own.length / 2).toBeGreaterThanOrEqual(name === "killed" ? told : times);
          expect(own.length / 2).toBeLessThanOrEqual(name === "killed" ? told + 1 : times);
        }
        for (let i = 0; i < kept.length; i += 2) {
          expect(kept[i + 1]).toBe(kept[i]!.replace(/a$/, "b"));
        }
        const found = await store.search("killed", { prefix: log, limit: 1e6 });
        expect(found.map(({ index }) => kept[index]!.slice(0, 6))).toEqual(
          kept.filter((data) => data.startsWith("killed")).map(() => "killed"),
        );
        expect(await store.append(log, kept.length, [entry("after")])).toBe(kept.length + 1);
      }
    },
  );

  test.skipIf(!place)("a closed store says so", async () => {
    const closed = await open();
    await closed.append("a/closed", 0, [entry(1)]);
    await closed.close();
    await expect(closed.append("a/closed", 1, [entry(2)])).rejects.toThrow(StoreError);
    await expect(closed.read("a/closed")).rejects.toThrow(/closed/);
    await expect(closed.list("")).rejects.toThrow(StoreError);
  });
}

function appender(place: Place, log: string, name: string, times: number) {
  const script = fileURLToPath(new URL("appender.ts", import.meta.url));
  const args = ["--disable-warning=ExperimentalWarning", script];
  return spawn(process.execPath, [...args, JSON.stringify(place), log, name, String(times)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
