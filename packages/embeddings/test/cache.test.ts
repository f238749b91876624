/** The caches: what they give back, what they forget, who may use them at once, and after a crash. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { type EmbeddingCache, embed, fileCache, memoryCache } from "../src/index.ts";
import { lengths, served } from "./support/served.ts";

const folder = mkdtempSync(join(tmpdir(), "polycall-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
let files = 0;
const path = () => join(folder, `${files++}.sqlite`);

const key = (n: number) => n.toString(16).padStart(64, "0");
const vector = (n: number, length = 4) => new Float32Array(length).fill(n + 0.25);

const kinds: [string, () => EmbeddingCache][] = [
  ["memory", () => memoryCache()],
  ["file", () => fileCache(path())],
];

describe.each(kinds)("in %s", (_, make) => {
  test("what was put in comes out, bit by bit", async () => {
    const cache = make();
    const odd = Float32Array.of(1 / 3, -0, 1e-45, 3.4e38);
    // A view that does not begin where its buffer does.
    const view = new Float32Array([9, 9, 5, 6]).subarray(2);
    await cache.set([
      [key(1), odd],
      [key(2), view],
    ]);
    const [a, none, b] = await cache.get([key(1), key(3), key(2)]);
    expect(Buffer.from(a!.buffer, a!.byteOffset, a!.byteLength)).toEqual(Buffer.from(odd.buffer));
    expect(none).toBeUndefined();
    expect([...b!]).toEqual([5, 6]);
  });

  test("what is done to a vector does not reach what is kept", async () => {
    const cache = make();
    const own = vector(1);
    await cache.set([[key(1), own]]);
    own[0] = 7;
    const [first] = await cache.get([key(1)]);
    first![0] = 8;
    const [second] = await cache.get([key(1)]);
    expect(second![0]).toBe(1.25);
  });

  test("model, dimensions, role, body and text are told apart; the same is not asked for twice", async () => {
    const cache = make();
    const { client, inputs } = served(lengths);
    const base = { model: "custom_openai/e", client, cache };
    const ask = (texts: string[], more: object = {}) => embed(texts, { ...base, ...more });
    await ask(["a"]);
    expect(await ask(["a"])).toMatchObject({ cached: 1, requests: 0, cost: 0 });
    expect(inputs()).toHaveLength(1);
    await ask(["b"]);
    await ask(["a"], { model: "custom_openai/other" });
    await ask(["a"], { dimensions: 2 });
    await ask(["a"], { extra_body: { x: 1 } });
    await ask(["a"], { model: "custom_openai/nomic-embed-text", role: "query" });
    await ask(["a"], { model: "custom_openai/nomic-embed-text", role: "document" });
    expect(inputs()).toHaveLength(7);
    await ask(["a"], { model: "custom_openai/nomic-embed-text", role: "document" });
    expect(inputs()).toHaveLength(7);
  });
});

test("memory forgets what was not asked for longest", async () => {
  const cache = memoryCache({ maxVectors: 2 });
  await cache.set([
    [key(1), vector(1)],
    [key(2), vector(2)],
  ]);
  await cache.get([key(1)]);
  await cache.set([[key(3), vector(3)]]);
  const found = await cache.get([key(1), key(2), key(3)]);
  expect(found.map((one) => one?.[0])).toEqual([1.25, undefined, 3.25]);
});

test("vectors of another length than the model's are not mixed in", async () => {
  const cache = memoryCache();
  const old = served(({ input }) =>
    Response.json({ data: input.map((_, index) => ({ index, embedding: [1, 2, 3] })) }),
  );
  await embed(["a"], { model: "custom_openai/e", client: old.client, cache });
  const { client } = served(lengths);
  const call = embed(["a", "b"], { model: "custom_openai/e", client, cache });
  await expect(call).rejects.toThrow("vector 0 has 2 dimensions, not 3");
});

describe("a file", () => {
  test("is there for the next process, closed or not", async () => {
    const file = path();
    const first = fileCache(file);
    await first.set([[key(1), vector(1)]]);
    const second = fileCache(file);
    expect((await second.get([key(1)]))[0]![0]).toBe(1.25);
    first.close();
    second.close();
    using third = fileCache(file);
    expect((await third.get([key(1)]))[0]![0]).toBe(1.25);
  });

  test("stays within its bytes: what was written first goes", async () => {
    const file = path();
    const maxBytes = 2_000_000;
    using cache = fileCache(file, { maxBytes });
    // 1,000 vectors of 4 kB are twice what fits.
    for (let n = 0; n < 1000; n += 50) {
      const batch = Array.from(
        { length: 50 },
        (_, i) => [key(n + i), vector(n + i, 1000)] as const,
      );
      await cache.set(batch);
    }
    expect(statSync(file).size).toBeLessThan(maxBytes * 1.2);
    const found = await cache.get(Array.from({ length: 1000 }, (_, n) => key(n)));
    expect(found[0]).toBeUndefined();
    expect(found[999]![0]).toBe(999.25);
    const kept = found.filter((one) => one).length;
    expect(kept).toBeGreaterThan(250);
    expect(kept).toBeLessThan(500);
  });

  test("that is something else is refused", async () => {
    const file = path();
    writeFileSync(file, "This is a letter, not a database. ".repeat(50));
    const cache = fileCache(file);
    expect(() => cache.get([key(1)])).toThrow(`${file} cannot be used as a cache of vectors`);
    expect(() => fileCache(join(folder, "no", "where")).get([key(1)])).toThrow("cannot be used");
  });

  const kills = process.env.POLYCALL_LONG ? 20 : 1;
  const patience = { timeout: 20_000 + 5000 * kills };
  test(
    `two that write at once, killed, ${kills} times: nothing whole is lost, nothing is half`,
    patience,
    async () => {
      const file = path();
      const writer = fileURLToPath(new URL("support/cache-writer.ts", import.meta.url));
      let promised = 0;
      for (let nth = 0; nth < kills; nth++) {
        const children = [0, 1].map((which) => {
          const start = (nth * 2 + which) * 1_000_000;
          const child = spawn(process.execPath, [writer, file, String(start)], {
            stdio: ["ignore", "pipe", "inherit"],
          });
          const said: number[] = [];
          let text = "";
          child.stdout.on("data", (piece) => {
            text += piece;
            const lines = text.split("\n");
            text = lines.pop()!;
            said.push(...lines.map(Number));
          });
          return { child, said, ended: new Promise((resolve) => child.on("close", resolve)) };
        });
        while (children.some(({ said }) => said.length < 3)) await pause(10);
        await pause(nth * 3);
        for (const { child } of children) child.kill("SIGKILL");
        await Promise.all(children.map(({ ended }) => ended));
        using cache = fileCache(file);
        for (const { said } of children) {
          const found = await cache.get(said.map(key));
          promised += said.length;
          expect(found.map((one) => [one?.length, one?.[0], one?.at(-1)])).toEqual(
            said.map((n) => [256, Math.fround(n + 0.25), Math.fround(n + 0.25)]),
          );
        }
      }
      expect(promised).toBeGreaterThanOrEqual(kills * 6);
    },
  );
});
