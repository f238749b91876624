/** A real process is killed at random moments, and at the worst ones: nothing is lost, nothing done twice. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Decision, type Run, type Store, session } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/sqlite.ts";
import { fateOf, randomFrom } from "./fate.ts";
import { type Fate, startWorker, type Worker, World } from "./harness.ts";
import { decisionAbout, expectNoneAgain, judge, judgeSession, type Told } from "./judge.ts";
import { talk } from "./trip.ts";

const kills = process.env.POLYCALL_LONG ? 100 : 10;
const seed = Number(process.env.POLYCALL_SEED ?? 20_261_126);

/** What is kept of a run, its sub-agents' included: "RUN STEP". */
async function stepsOf(store: Store, runId: string): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const { log } of await store.list(`run/${runId}`)) {
    for (const { data } of await store.read(log)) {
      const { type, name } = data as { type: string; name: string };
      if (type === "step") kept.add(`${log.slice("run/".length)} ${name}`);
    }
  }
  return kept;
}

class Trial {
  readonly told: Told = {};
  readonly #world: World;
  readonly #store: Store;
  readonly #file: string;
  readonly runId: string;
  #decisions: { [id: string]: Decision } = {};

  constructor(world: World, store: Store, file: string, runId: string) {
    this.#world = world;
    this.#store = store;
    this.#file = file;
    this.runId = runId;
    world.forget();
  }

  /** A process goes on with the run. @returns the run where it has ended; undefined where the process died or a person is asked */
  async carryOn(worker: Worker, fate: Fate | undefined): Promise<Run | "killed" | undefined> {
    const { runId } = this;
    const { asked, wanted } = this.#world;
    const kept = await stepsOf(this.#store, runId);
    const before = wanted.length;
    asked.length = 0;
    this.#world.doom(worker.child, fate);
    const die = fate?.at === "append" ? { die: { append: fate.nth, when: fate.when } } : {};
    const job = { ...this.#world.place, ...die, file: this.#file, runId };
    const said = await worker.tell({ ...job, decisions: this.#decisions });
    const killed = said === undefined || worker.child.killed;
    if (killed) {
      expect(await worker.exit).toBe("SIGKILL");
      // What it sent before it died comes in all the same.
      await delay(15);
    }
    expectNoneAgain({ kept, asked, wanted: wanted.slice(before) }, runId);
    if (killed) return "killed";
    const run = JSON.parse(said) as Run & { error?: unknown };
    expect(run.error).toBeUndefined();
    if (run.status !== "waiting") return run;
    this.#answer(run);
    return undefined;
  }

  /** As a person would who can ask the service. */
  #answer({ pending }: Run): void {
    this.#decisions = {};
    for (const request of pending) {
      this.#decisions[request.id] = decisionAbout(request, this.#world.wanted, this.told);
    }
  }
}

test(
  `${kills} kills: every effect once, every step asked for once, the right answer`,
  async () => {
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(tmpdir(), "kills-"));
    const file = join(folder, "runs.sqlite");
    const store = sqliteStore(file);
    const world = await World.begin();
    const start = () => startWorker(new URL("worker.ts", import.meta.url), folder);
    let worker = start();
    await worker.ready;
    // The next one gets up while this one works.
    let next = start();
    const happened: string[] = [];
    try {
      for (let killed = 0, trials = 0; killed < kills; trials++) {
        const trial = new Trial(world, store, file, `trip-${trials}`);
        const told = session(trial.runId, { store });
        await told.append(talk, { version: 0 });
        for (let run: Run | undefined; !run; ) {
          const fate = killed < kills ? fateOf(random) : undefined;
          happened.push(`${trial.runId}: ${JSON.stringify(fate)}`);
          const ended = await trial.carryOn(worker, fate);
          if (ended === "killed") {
            killed++;
            worker = next;
            await worker.ready;
            next = start();
          } else run = ended;
          if (!run) continue;
          judge(run, world.wanted, trial.told);
          await judgeSession(run, told, talk);
        }
      }
    } catch (error) {
      throw new Error(`seed ${seed}\n${happened.slice(-14).join("\n")}`, { cause: error });
    } finally {
      await Promise.all([worker.end(), next.end()]);
      await store.close();
      await world.end();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  30_000 + kills * 3000,
);
