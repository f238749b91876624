/** Several processes and one run: at once, and one after the other with a person between them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tool } from "@polycall/core";
import { createClient } from "polycall";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import {
  type ApprovalRequest,
  agent,
  type Decision,
  memoryStore,
  type Run,
  type RunError,
} from "../src/index.ts";
import { sqliteStore } from "../src/node/sqlite.ts";
import { rightAnswer, startWorker, World } from "./kills/harness.ts";
import { decisionAbout, judge, type Told } from "./kills/judge.ts";
import { said, trip } from "./kills/trip.ts";
import { calling, scripted } from "./scripted.ts";

const folder = mkdtempSync(join(tmpdir(), "together-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let world: World;
beforeEach(async () => {
  world = await World.begin();
  world.doom();
});
afterEach(() => world.end());

const client = () =>
  createClient({ providers: world.place.providers, defaults: { maxRetries: 0 } });

describe("two at once", () => {
  test("the newer one has the run, the other one gets RunError conflict, no effect is doubled", async () => {
    for (let after = 0; after < 26; after += 2) {
      const file = join(folder, `conflict-${after}.sqlite`);
      const [one, two] = [sqliteStore(file), sqliteStore(file)];
      const runId = "r";
      world.forget();
      world.doom();
      let appends = 0;
      let second: Promise<Run | RunError> | undefined;
      const first = await trip({
        ...world.place,
        client: client(),
        store: {
          ...one,
          append(log, version, entries) {
            if (appends++ === after) {
              const other = trip({ ...world.place, client: client(), store: two });
              second = (after ? other.resume(runId) : other.run("Plan the trip.", { runId })).catch(
                (error: RunError) => error,
              );
            }
            return one.append(log, version, entries);
          },
        },
      })
        .run("Plan the trip.", { runId })
        .catch((error: RunError) => error);
      const results = [first, await second!];
      const lost = results.filter((result) => result instanceof Error);
      for (const error of lost) expect(error).toMatchObject({ name: "RunError", code: "conflict" });
      const won = results.filter((result): result is Run => !(result instanceof Error));
      expect(won.length, `after ${after}: ${lost.map(({ message }) => message)}`).toBeGreaterThan(
        0,
      );
      const told: Told = {};
      let run = won.at(-1)!;
      const store = sqliteStore(file);
      while (run.status === "waiting") {
        const decisions: { [id: string]: Decision } = {};
        for (const one of run.pending) decisions[one.id] = decisionAbout(one, world.wanted, told);
        run = await trip({ ...world.place, client: client(), store }).resume(runId, { decisions });
      }
      judge(run, world.wanted, told);
      await Promise.all([one, two, store].map((each) => each.close()));
    }
  });

  test("a run of an id that there is: conflict, before a model is asked", async () => {
    const store = memoryStore();
    const lead = () => trip({ ...world.place, client: client(), store });
    await lead().run("Plan the trip.", { runId: "r" });
    const asked = world.asked.length;
    await expect(lead().run("Another.", { runId: "r" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining('agent.resume("r")'),
    });
    expect(world.asked).toHaveLength(asked);
  });

  test("an answer that comes while the run still works does not break it, and is heard", async () => {
    const store = memoryStore();
    await using model = await scripted([
      calling(["ask", { n: 1 }], ["slow", {}]),
      "Both are there.",
    ]);
    const ran: string[] = [];
    const parameters = z.object({ n: z.number().optional() });
    const desk = agent({
      name: "desk",
      model: model.model,
      client: model.client,
      store,
      tools: [
        tool({ name: "ask", parameters, needsApproval: true, execute: () => ran.push("ask") }),
        tool({
          name: "slow",
          parameters,
          execute: async () => {
            await desk.decide("r", { "r:1.0": { action: "approve" } });
            return ran.push("slow");
          },
        }),
      ],
    });
    expect(await desk.run("Go.", { runId: "r" })).toMatchObject({ status: "done" });
    expect(ran).toEqual(["slow", "ask"]);
  });
});

test("approval across processes: one asks, one answers, one goes on", async () => {
  const workers = [1, 2, 3].map(() =>
    startWorker(new URL("kills/worker.ts", import.meta.url), folder),
  );
  const job = { ...world.place, file: join(folder, "approval.sqlite"), runId: "r", asks: true };
  try {
    await Promise.all(workers.map(({ ready }) => ready));
    const [a, b, c] = workers.map((worker) => async (more: object) => {
      const line = JSON.parse((await worker.tell({ ...job, ...more }))!);
      if (line?.error) throw Object.assign(new Error(line.error.message), line.error);
      return line;
    }) as [Tell, Tell, Tell];
    // Two sub-agents at once, and both ask.
    const waiting: Run = await a({});
    expect(waiting.status).toBe("waiting");
    await workers[0]!.end();
    const pending: ApprovalRequest[] = await b({ do: "pending" });
    expect(pending.map(({ id }) => id).sort()).toEqual(["r/1.2:1.1", "r/1.3:1.1"]);
    expect(waiting.pending.map(({ id }) => id).sort()).toEqual(["r/1.2:1.1", "r/1.3:1.1"]);
    await b({
      do: "decide",
      decisions: {
        "r/1.2:1.1": { action: "edit", args: { what: "Milan" } },
        "r/1.3:1.1": { action: "approve" },
      },
    });
    expect(await b({ do: "pending" })).toEqual([]);
    const run: Run = await c({});
    expect(run.status).toBe("done");
    expect(run.output).toBe(rightAnswer.replace(said("post Rome"), said("post Milan")));
    const posted = world.wanted.map(({ what }) => what).filter((what) => what.startsWith("post"));
    expect(posted.sort()).toEqual(["post Milan", "post Oslo"]);
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
});
type Tell = (more: object) => Promise<never>;

test("a question two levels deep surfaces at the root, and always holds for later calls", async () => {
  const store = memoryStore();
  const at = (n: number) => ({ role: "tool", n });
  await using model = await scripted([
    calling(["middle", { input: "a" }]),
    calling(["inner", { input: "b" }]),
    calling(["book", at(1)]),
    calling(["book", at(2)]),
    "inner is done",
    "middle is done",
    "all is done",
  ]);
  const booked: number[] = [];
  const shared = { model: model.model, client: model.client, store };
  const team = () => {
    const book = tool({
      name: "book",
      parameters: z.object({ n: z.number() }),
      needsApproval: true,
      execute: ({ n }) => booked.push(n),
    });
    const inner = agent({ ...shared, name: "inner", tools: [book] });
    const middle = agent({ ...shared, name: "middle", tools: [inner.asTool()] });
    return agent({ ...shared, name: "root", tools: [middle.asTool()] });
  };
  const run = await team().run("Go.", { runId: "r" });
  expect(run.pending).toMatchObject([{ id: "r/1.0/1.0:1.0", agent: "inner", tool: "book" }]);
  expect(await team().pending("r")).toEqual(run.pending);
  await team().decide("r", { "r/1.0/1.0:1.0": { action: "approve", always: true } });
  expect(booked).toEqual([]);
  const done = await team().resume("r");
  expect(done).toMatchObject({ status: "done", output: "all is done" });
  expect(booked).toEqual([1, 2]);
  expect(done.ledger.map(({ runId, tool, outcome }) => [runId, tool, outcome])).toEqual([
    ["r/1.0/1.0", "book", "done"],
    ["r/1.0/1.0", "book", "done"],
  ]);
});

test("a forged decision is refused, and nothing is written", async () => {
  const store = memoryStore();
  const lead = () => trip({ ...world.place, client: client(), store, asks: true });
  await lead().run("Plan the trip.", { runId: "mine" });
  await lead().run("Plan the trip.", { runId: "other" });
  const before = await store.list("");
  const approve: Decision = { action: "approve" };
  for (const id of [
    "mine:1.0",
    "mine:9.9",
    "mine/1.2:1.1!1",
    "mine/1.2",
    "other/1.2:1.1",
    "mine/../other/1.2:1.1",
    "mine/1.2:1.1 ",
    "run/mine/1.2:1.1",
    "",
    ":",
    "__proto__",
  ]) {
    const forged = { "mine/1.2:1.1": approve, [id]: approve };
    await expect(lead().decide("mine", forged), id).rejects.toThrow("does not ask");
    await expect(lead().resume("mine", { decisions: forged }), id).rejects.toThrow("does not ask");
  }
  await expect(lead().decide("other/1.2", { "other/1.2:1.1": approve })).resolves.toBeUndefined();
  expect((await store.list("")).map(({ log }) => log).sort()).toEqual(
    [...before.map(({ log }) => log), "answers/other/1.2"].sort(),
  );
  // The same answer again is none too many; another one is.
  await lead().decide("mine", { "mine/1.2:1.1": approve });
  await lead().decide("mine", { "mine/1.2:1.1": approve });
  const changed = lead().decide("mine", { "mine/1.2:1.1": { action: "reject" } });
  await expect(changed).rejects.toThrow("does not ask");
  for (const runId of ["../x", "a/b", "", "x".repeat(201)]) {
    await expect(lead().run("Hi.", { runId })).rejects.toMatchObject({ param: "runId" });
  }
});
