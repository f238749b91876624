/** A store that fails in the middle, and logs that are not what they were: typed errors, and nothing done twice. */
import { createClient } from "polycall";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Json,
  memoryStore,
  type Run,
  type RunError,
  type Store,
  StoreError,
} from "../src/index.ts";
import { rightAnswer, World } from "./kills/harness.ts";
import { decisionAbout, judge, type Told } from "./kills/judge.ts";
import { trip } from "./kills/trip.ts";

let world: World;
beforeAll(async () => {
  world = await World.begin();
});
afterAll(() => world.end());

function lead(store: Store, asks = false) {
  const client = createClient({ providers: world.place.providers, defaults: { maxRetries: 0 } });
  return trip({ ...world.place, client, store, asks });
}

/** Fails once, at the nth use: before it is done, or after. */
function failing(store: Store, method: "append" | "read", nth: number, when: "before" | "after") {
  let uses = 0;
  const once = async (work: () => Promise<unknown>) => {
    const fails = ++uses === nth;
    if (fails && when === "before") throw new StoreError("The disk is full.");
    const done = await work();
    if (fails) throw new StoreError("The disk is full.");
    return done;
  };
  const broken = {
    ...store,
    [method]: (...args: never[]) => once(() => (store[method] as never as Use)(...args)),
  };
  return { broken: broken as Store, uses: () => uses };
}
type Use = (...args: never[]) => Promise<unknown>;

/** Goes on, as often as a person is asked. */
async function goOn(store: Store, runId: string): Promise<{ run: Run; told: Told }> {
  const told: Told = {};
  let run = await lead(store).resume(runId);
  while (run.status === "waiting") {
    const decisions = Object.fromEntries(
      run.pending.map((request) => [request.id, decisionAbout(request, world.wanted, told)]),
    );
    run = await lead(store).resume(runId, { decisions });
  }
  return { run, told };
}

describe.each([
  ["append", "before"],
  ["append", "after"],
] as const)("%s fails %s it is done", (method, when) => {
  test("at every use in a run: RunError store, and the run goes on over a healthy one", async () => {
    for (let nth = 1; ; nth++) {
      const store = memoryStore();
      world.doom();
      world.forget();
      const { broken, uses } = failing(store, method, nth, when);
      const runId = `run-${nth}`;
      const failed = await lead(broken)
        .run("Plan the trip.", { runId })
        .catch((error: RunError) => error);
      if (!(failed instanceof Error)) {
        // All uses of a whole run have had their turn: heads 3, model steps 7, begins 7, calls 9, end 1.
        expect(nth - 1).toBe(uses());
        expect(uses()).toBeGreaterThan(20);
        return;
      }
      expect(failed).toMatchObject({ name: "RunError", code: "store", runId });
      expect(failed.message).toContain("The disk is full.");
      world.doom();
      if ((await store.version(`run/${runId}`)) === 0) {
        await expect(lead(store).resume(runId)).rejects.toMatchObject({ code: "missing" });
        expect(world.wanted).toEqual([]);
        continue;
      }
      const { run, told } = await goOn(store, runId);
      judge(run, world.wanted, told);
    }
  });
});

test("a read that fails when a run is gone on with: RunError store, every time", async () => {
  const store = memoryStore();
  world.doom();
  world.forget();
  const { broken } = failing(store, "append", 9, "before");
  await expect(lead(broken).run("Plan the trip.", { runId: "r" })).rejects.toThrow();
  world.doom();
  for (let nth = 1; ; nth++) {
    const reading = failing(store, "read", nth, "before");
    const run = await lead(reading.broken)
      .resume("r")
      .catch((error: RunError) => error);
    if (!(run instanceof Error)) break;
    expect(run).toMatchObject({ name: "RunError", code: "store", runId: "r" });
  }
  const { run, told } = await goOn(store, "r");
  judge(run, world.wanted, told);
});

async function finished(): Promise<Json[]> {
  const store = memoryStore();
  world.doom();
  world.forget();
  await lead(store).run("Plan the trip.", { runId: "r" });
  return (await store.read("run/r")).map(({ data }) => data);
}

const head = { type: "run", runId: "r", agent: "lead", input: [{ role: "user", content: "Hi." }] };

test.each<[string, Json[]]>([
  ["a newer version", [{ ...head, v: 2 }]],
  ["no version", [head]],
  ["a version that is text", [{ ...head, v: "1" }]],
  ["null", [null]],
  ["a number", [7]],
  ["text", ["run"]],
  ["a list", [[{ ...head, v: 1 }]]],
  ["no head", [{ type: "step", name: "model 1", value: 1, at: 0 }]],
  ["garbage after the head", [{ ...head, v: 1 }, null]],
  ["an entry of an unknown type", [{ ...head, v: 1 }, { type: "unheard-of" }]],
])("%s: RunError version", async (_name, entries) => {
  const store = memoryStore();
  await store.append(
    "run/r",
    0,
    entries.map((data) => ({ data })),
  );
  for (const use of [
    () => lead(store).resume("r"),
    () => lead(store).pending("r"),
    () => lead(store).decide("r", { "r:1.0": { action: "approve" } }),
  ]) {
    await expect(use()).rejects.toMatchObject({ name: "RunError", code: "version", runId: "r" });
  }
  expect(await store.version("run/r")).toBe(entries.length);
});

test("a sub-agent's log of another version: the run ends as version, and is not damaged", async () => {
  const store = memoryStore();
  world.doom();
  const waiting = await lead(store, true).run("Plan the trip.", { runId: "r" });
  expect(waiting.status).toBe("waiting");
  const [inner] = await store.list("run/r/");
  await store.delete(inner!.log);
  await store.append(inner!.log, 0, [{ data: { ...head, v: 2 } }]);
  world.doom();
  await expect(lead(store, true).resume("r")).rejects.toMatchObject({ code: "version" });
  await expect(lead(store, true).pending("r")).rejects.toMatchObject({ code: "version" });
});

test("a log that was cut short at any place goes on: what is keyed has its effect once", async () => {
  const whole = await finished();
  for (let length = 1; length < whole.length; length++) {
    const store = memoryStore();
    await store.append(
      "run/r",
      0,
      whole.slice(0, length).map((data) => ({ data })),
    );
    world.doom();
    world.forget();
    const { run } = await goOn(store, "r");
    expect(run.status).toBe("done");
    expect(run.output).toBe(rightAnswer);
    const keys = world.wanted.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  }
});
