/** Ingestion through BullMQ on a real Redis: two processes work at one store, and one of them is killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { APIUserAbortError, InternalServerError } from "@polycall/core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { redisServer, type Server } from "../../agent/test/servers.ts";
import {
  type IngestProgress,
  type KnowledgeBase,
  knowledgeBase,
  memoryStore,
  recursiveChunker,
  type Store,
  sqliteStore,
} from "../src/index.ts";
import { type IngestWorker, ingestWorker, queueIngest } from "../src/queue/index.ts";
import { hashingEncoder } from "./hashing.ts";

let redis: Server | undefined;
let root: string;
let kb: KnowledgeBase;
const workers: IngestWorker[] = [];
let names = 0;
let name: string;

beforeAll(async () => {
  redis = await redisServer();
});
afterAll(() => redis?.stop());
beforeEach(({ skip }) => {
  if (!redis) return skip("needs a Redis");
  root = mkdtempSync(join(tmpdir(), "queue-"));
  kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore() });
  name = `q${process.pid}-${names++}`;
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  await kb?.close();
  rmSync(root, { recursive: true, force: true });
});

function write(files: Record<string, string | Uint8Array>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

async function sources(store: Store): Promise<string[]> {
  const all: string[] = [];
  for await (const { source, hash } of store.sources()) all.push(`${source} ${hash}`);
  return all;
}

const connection = () => ({ url: redis!.url });
const work = async (at = kb, settings = {}) => {
  const worker = await ingestWorker(at, { connection: connection(), name, root, ...settings });
  workers.push(worker);
  return worker;
};
const queue = (patterns: string | string[], settings = {}) =>
  queueIngest(kb, patterns, { connection: connection(), name, root, ...settings });

test("two processes do it, one is killed, and each document is stored once", {
  timeout: 60_000,
}, async () => {
  const count = 120;
  const files: Record<string, string> = {};
  for (let i = 0; i < count; i++) files[`docs/${i % 7}/${i}.md`] = `# ${i}\n\nText of ${i}.`;
  write(files);
  const path = join(root, ".kb.sqlite");
  const log = join(root, ".log");
  const shared = sqliteStore({ path });
  const producer = knowledgeBase({ embedding: hashingEncoder(), store: shared });
  const children = ["anna", "bert"].map((who) =>
    spawn(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        join(import.meta.dirname, "queue-worker.ts"),
        ...[who, root, path, redis!.url, log],
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    ),
  );
  const exits = children.map((child) => once(child, "exit"));
  await Promise.all(children.map(({ stdout }) => once(stdout!, "data")));
  const seen: IngestProgress[] = [];
  const report = await queueIngest(producer, "docs", {
    connection: connection(),
    root,
    onProgress(progress) {
      seen.push(progress);
      if (progress.done === 30) children[0]!.kill("SIGKILL");
    },
  });
  expect(report).toMatchObject({ stored: count, unchanged: 0, chunks: count, failed: [] });
  expect(seen.at(-1)).toMatchObject({ done: count, total: count, chunks: count });
  expect((await exits[0])![1]).toBe("SIGKILL");
  children[1]!.kill("SIGKILL");
  await exits[1];

  const fresh = memoryStore();
  const alone = knowledgeBase({ embedding: hashingEncoder(), store: fresh });
  await alone.ingest("docs", { root });
  expect(await sources(shared)).toEqual(await sources(fresh));
  expect(await shared.count()).toBe(count);
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const embedded = lines.map((line) => JSON.parse(line) as [string, string]);
  const by = (who: string) => embedded.filter(([one]) => one === who).length;
  expect(by("anna")).toBeGreaterThan(0);
  expect(by("bert")).toBeGreaterThan(count / 2);
  // No more again than were in the hands of the one that was killed.
  expect(embedded.length - count).toBeLessThanOrEqual(2);
  expect(new Set(embedded.map(([, text]) => text)).size).toBe(count);
  await Promise.all([producer.close(), alone.close()]);
});

test("what changed is stored, what is gone removed, what is neither is not queued", async () => {
  write({ "a.md": "A.", "b.md": "B.", "c.md": "C." });
  await work();
  expect(await queue(".")).toMatchObject({ stored: 3, removed: 0, unchanged: 0 });
  write({ "a.md": "Another A." });
  rmSync(join(root, "b.md"));
  expect(await queue(".")).toMatchObject({ stored: 1, removed: 1, unchanged: 1, failed: [] });
  // Back to what it was: the job of the first run does not stand in its way.
  write({ "a.md": "A.", "b.md": "B." });
  expect(await queue(".")).toMatchObject({ stored: 2, removed: 0, unchanged: 1 });
  expect((await sources(kb.store)).map((one) => one.split(" ")[0])).toEqual([
    "a.md",
    "b.md",
    "c.md",
  ]);
  expect(await kb.ingest(".", { root })).toMatchObject({ unchanged: 3, stored: 0 });
});

test("a document that fails is reported by its source, tried again only where that may help", async () => {
  write({
    "a.md": "A.",
    "bad.md": "Bad.",
    "flaky.md": "Flaky.",
    "d.xyz": new Uint8Array([0, 1, 2, 255, 254, 0, 0]),
  });
  let tries = 0;
  const encoder = hashingEncoder({ refuses: (text) => text.includes("Bad") });
  const { encode } = encoder;
  encoder.encode = (texts, options) => {
    if (texts.some((text) => text.includes("Flaky")) && ++tries < 3)
      throw new InternalServerError("overloaded", { status: 503 });
    return encode(texts, options);
  };
  await work(knowledgeBase({ embedding: encoder, store: kb.store }));
  const report = await queue(".", { backoff: 10 });
  expect(report).toMatchObject({ stored: 2, skipped: ["d.xyz"] });
  expect(report.failed).toEqual([{ source: "bad.md", error: new Error("A text is too long.") }]);
  expect(tries).toBe(3);
  expect(encoder.calls.length).toBe(3);
});

test("two who queue the same at once have it done once, and both are told", async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 30; i++) files[`${i}.md`] = `Text of ${i}.`;
  write(files);
  const encoder = hashingEncoder({ ms: 2 });
  const both = Promise.all([queue("."), queue(".")]);
  await vi.waitFor(async () => expect(await waiting()).toBe(30), { timeout: 5000 });
  await work(knowledgeBase({ embedding: encoder, store: kb.store }));
  for (const report of await both) expect(report).toMatchObject({ stored: 30, failed: [] });
  expect(encoder.texts).toHaveLength(30);
});

async function waiting(): Promise<number> {
  const { Queue } = await import("bullmq");
  const queue = new Queue(name, { connection: connection() });
  const count = await queue.getWaitingCount();
  await queue.close();
  return count;
}

test("an abort ends the waiting; workers do what is queued", async () => {
  write({ "a.md": "A." });
  const controller = new AbortController();
  const waited = queue(".", { signal: controller.signal });
  await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 5000 });
  controller.abort();
  await expect(waited).rejects.toBeInstanceOf(APIUserAbortError);
  await work();
  await vi.waitFor(async () => expect(await sources(kb.store)).toHaveLength(1), { timeout: 5000 });
});

test("a worker with another chunker, or without the folder, stores nothing and says so", async () => {
  write({ "a.md": "A." });
  const other = knowledgeBase({
    ...{ embedding: hashingEncoder(), store: kb.store },
    chunker: recursiveChunker({ size: 50 }),
  });
  const wrong = await work(other);
  const [failure] = (await queue(".")).failed;
  expect(failure?.error.message).toContain("planned with another chunker");
  await wrong.close();
  await work(kb, { root: join(root, "not-mounted") });
  const { failed } = await queue(".", { attempts: 2, backoff: 1 });
  expect(failed).toEqual([{ source: "a.md", error: new Error('"a.md" is not there (any more).') }]);
  expect(await sources(kb.store)).toEqual([]);
});

test("a step from a queue reaches no file beyond the root", async () => {
  write({ "in/a.md": "A.", "secret.md": "Secret." });
  const [step] = await plannedFrom(join(root, "in"));
  for (const source of ["../secret.md", join(root, "secret.md"), "a/../../secret.md", "./a.md"]) {
    await expect(kb.apply({ ...step!, source }, { root: join(root, "in") })).rejects.toThrow(
      /is not the name of a file below/,
    );
  }
  await expect(plannedFrom(join(root, "in"), "../secret.md")).rejects.toThrow(/below/);
  expect(await kb.apply(step!, { root: join(root, "in") })).toMatchObject({ status: "stored" });
});

async function plannedFrom(from: string, patterns = ".") {
  const steps = [];
  for await (const step of kb.plan(patterns, { root: from })) steps.push(step);
  return steps;
}
