/** An agent as a workflow of DBOS, on a real PostgreSQL: several processes, some of them killed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ApprovalRequest, type Decision, session } from "@polycall/agent";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sqliteStore } from "../../agent/src/node/sqlite.ts";
import { fateOf, randomFrom } from "../../agent/test/kills/fate.ts";
import { type Fate, startWorker, type Worker, World } from "../../agent/test/kills/harness.ts";
import {
  decisionAbout,
  expectNoneAgain,
  judge,
  judgeSession,
  type Told,
} from "../../agent/test/kills/judge.ts";
import { said, talk } from "../../agent/test/kills/trip.ts";
import { postgresServer } from "../../agent/test/servers.ts";
import type { DbosRun } from "../src/index.ts";
import type { Job } from "./worker.ts";

const folder = mkdtempSync(join(tmpdir(), "dbos-"));
const file = join(folder, "sessions.sqlite");
const store = sqliteStore(file);
const workers = new Map<string, Worker>();
const up = (executorID: string) => {
  // DBOS's own use of pg is what is deprecated.
  const flags = ["--disable-warning=DeprecationWarning"];
  const worker = startWorker(new URL("worker.ts", import.meta.url), folder, flags);
  workers.set(executorID, worker);
  return worker;
};
// They get up while PostgreSQL does.
const [first, second, third] = [up("first"), up("second"), up("third")];
const postgres = await postgresServer();

async function tell<T>(worker: Worker, job: Job): Promise<T> {
  const line = await worker.tell(job);
  if (line === undefined) throw new Error(`The worker died of ${JSON.stringify(job)}.`);
  const answer = JSON.parse(line);
  if (answer?.error) throw Object.assign(new Error(answer.error.message), answer.error);
  return answer;
}

/** Answers what the run asks until it has ended. */
async function attend(
  worker: Worker,
  runId: string,
  decide: (request: ApprovalRequest) => Decision,
): Promise<DbosRun> {
  for (;;) {
    const asked = await tell<ApprovalRequest[]>(worker, { do: "pending", runId });
    const decisions = Object.fromEntries(asked.map((one) => [one.id, decide(one)]));
    if (asked.length > 0) await tell(worker, { do: "decide", runId, decisions });
    const [root] = await tell<{ status: string }[]>(worker, { do: "status", runId });
    if (root!.status !== "PENDING" && root!.status !== "ENQUEUED")
      return tell<DbosRun>(worker, { do: "result", runId });
    await delay(100);
    while (asked.length > 0) {
      const still = await tell<ApprovalRequest[]>(worker, { do: "pending", runId });
      if (!still.some(({ id }) => id in decisions)) break;
    }
  }
}

describe.skipIf(!postgres)("on a real PostgreSQL", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.begin();
    // One after the other: the first one makes the tables.
    for (const [executorID, worker] of workers) await launch(executorID, worker);
  }, 90_000);

  afterAll(async () => {
    await Promise.all([...workers.values()].map((worker) => worker.end()));
    await store.close();
    await world.end();
    await postgres!.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  async function launch(executorID: string, worker: Worker): Promise<void> {
    const url = postgres!.url.replace(/\/[^/]*$/, `/trips_${process.pid}`);
    await worker.ready;
    await tell(worker, { do: "launch", executorID, url, asks: true, file, ...world.place });
  }

  /** `mortal` dies while it carries out the run, `second` goes on with it, `third` answers what it asks. */
  async function survive(
    runId: string,
    mortal: Worker,
    executorID: string,
    fate: Fate,
  ): Promise<Told> {
    world.forget();
    const before = session(runId, { store });
    await before.append(talk, { version: 0 });
    // By the clock it dies once the run has begun; the other moments are in the run.
    world.doom(mortal.child, fate.at === "time" ? undefined : fate);
    await tell(mortal, { do: "start", runId });
    if (fate.at === "time") world.doom(mortal.child, fate);
    expect(await mortal.exit).toBe("SIGKILL");
    await delay(15);
    const kept = new Set(await tell<string[]>(second, { do: "steps", runId }));
    const [asked, wanted] = [world.asked.length, world.wanted.length];
    world.doom(second.child, undefined);
    const taken = await tell<string[]>(second, { do: "recover", executorID });
    expect(taken).toContain(runId);
    const told: Told = {};
    const asking = new Set<string>();
    const run = await attend(third, runId, (request) => {
      asking.add(`${request.agent} ${request.why} ${request.tool} ${request.id}`);
      return request.why === "policy"
        ? { action: "approve" }
        : decisionAbout(request, world.wanted, told);
    });
    expectNoneAgain(
      { kept, asked: world.asked.slice(asked), wanted: world.wanted.slice(wanted) },
      runId,
    );
    judge(run, world.wanted, told, "approve");
    await judgeSession(run, before, talk);
    // Both sub-agents have asked, each in its own workflow.
    expect(asking).toContain(`scout policy post ${runId}/1.2:1.1`);
    expect(asking).toContain(`scout policy post ${runId}/1.3:1.1`);
    const inner = await tell<{ workflowID: string; parentWorkflowID?: string }[]>(third, {
      do: "status",
      runId,
    });
    const parents = Object.fromEntries(inner.map((one) => [one.workflowID, one.parentWorkflowID]));
    expect(parents).toEqual({
      [runId]: undefined,
      [`${runId}/1.2`]: runId,
      [`${runId}/1.3`]: runId,
    });
    return told;
  }

  test("a process dies in the middle of a step, another goes on, a third answers: every effect once", async () => {
    const fate: Fate = { at: "effect", what: "mail Ann", when: "after" };
    const told = await survive("trip", first, "first", fate);
    expect(told["mail Ann"]).toEqual(["result"]);
  }, 90_000);

  if (process.env.POLYCALL_LONG) {
    test("the same at 20 random moments", async () => {
      const random = randomFrom(Number(process.env.POLYCALL_SEED ?? 20_261_126));
      for (let nth = 0; nth < 20; nth++) {
        const { at, ...rest } = fateOf(random);
        // There are no appends here, and three requests to models before a person is asked.
        const fate = (
          at === "append" || at === "model" ? { at: "model", nth: 1 + (nth % 3) } : { at, ...rest }
        ) as Fate;
        const executorID = `mortal-${nth}`;
        const mortal = up(executorID);
        await launch(executorID, mortal);
        await survive(`random-${nth}`, mortal, executorID, fate).catch((error) => {
          throw new Error(JSON.stringify(fate), { cause: error });
        });
      }
    }, 600_000);
  }

  test("a question waits when its process dies, and is answered from another: edited, rejected, forged", async () => {
    const runId = "asks";
    world.forget();
    world.doom(second.child, undefined);
    await tell(second, { do: "start", runId });
    let asked: ApprovalRequest[] = [];
    while (asked.length < 2) asked = await tell(third, { do: "pending", runId });
    expect(asked.map(({ id }) => id).sort()).toEqual(["asks/1.2:1.1", "asks/1.3:1.1"]);
    second.child.kill("SIGKILL");
    await second.exit;
    const forged = (id: string) =>
      tell(third, { do: "decide", runId, decisions: { [id]: { action: "approve" } } });
    for (const id of ["asks:1.1", "trip:1.0", "asks/1.2:1.1!1", "asks/../trip/1.2:1.1"]) {
      await expect(forged(id)).rejects.toThrow(`does not ask "${id}"`);
    }
    const effects = () => world.wanted.map(({ what }) => what).filter((what) => /post/.test(what));
    expect(effects()).toEqual([]);
    world.doom(third.child, undefined);
    await tell(third, { do: "recover", executorID: "second" });
    const run = await attend(third, runId, ({ id }) =>
      id === "asks/1.2:1.1"
        ? { action: "edit", args: { what: "Milan" } }
        : { action: "reject", message: "Not now." },
    );
    expect(effects()).toEqual(["post Milan"]);
    expect(run.output).toContain(`Rome: ${said("look Rome")}, ${said("post Milan")}`);
    expect(run.output).toContain("They say: Not now.");
  }, 90_000);

  test("a run that broke off goes on where it was, once it is told to", async () => {
    const runId = "broken";
    world.forget();
    world.doom(third.child);
    world.refuse();
    await tell(third, { do: "start", runId });
    await expect(tell(third, { do: "result", runId })).rejects.toThrow(/401/);
    await tell(third, { do: "resume", runId });
    const run = await attend(third, runId, () => ({ action: "approve" }));
    judge(run, world.wanted, {}, "approve");
    await expect(tell(third, { do: "resume", runId: "nowhere" })).rejects.toThrow("no run nowhere");
  }, 90_000);
});
