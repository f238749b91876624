/** A process that carries runs on, told which by a line each: it is there to be killed. */
import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { createClient } from "polycall";
import type { Decision, Store } from "../../src/index.ts";
import { RunError } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/sqlite.ts";
import { contextWindow, trip } from "./trip.ts";

export interface Job {
  file: string;
  service: string;
  providers: Record<string, { baseURL: string; apiKey: string }>;
  model: string;
  runId: string;
  asks?: boolean;
  /** Default: goes on with the run, or begins it. */
  do?: "pending" | "decide";
  decisions?: { [id: string]: Decision };
  /** Kills itself just before or just after its nth append. */
  die?: { append: number; when: "before" | "after" };
}

const die = () => process.kill(process.pid, "SIGKILL");

function mortal(store: Store, fate: Job["die"]): Store {
  let appends = 0;
  return {
    ...store,
    async append(log, version, entries) {
      const now = ++appends === fate?.append ? fate.when : undefined;
      if (now === "before") die();
      const after = await store.append(log, version, entries);
      if (now === "after") die();
      return after;
    },
  };
}

async function work(job: Job) {
  const store = mortal(sqliteStore(job.file, { synchronous: "normal" }), job.die);
  const client = createClient({ providers: job.providers, defaults: { maxRetries: 0 } });
  const lead = trip({ ...job, store, client, contextWindow });
  const { runId, decisions } = job;
  if (job.do === "pending") return lead.pending(runId);
  if (job.do === "decide") return (await lead.decide(runId, decisions!)) ?? null;
  try {
    return await lead.resume(runId, { ...(decisions && { decisions }) });
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== "missing") throw error;
    return await lead.run("Plan the trip.", { runId, session: runId });
  }
}

// One that is killed would not leave the next one what it has compiled.
flushCompileCache();
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  try {
    process.stdout.write(`${JSON.stringify(await work(JSON.parse(line)))}\n`);
  } catch (error) {
    const { name, message, code } = error as RunError;
    process.stdout.write(`${JSON.stringify({ error: { name, message, code } })}\n`);
  }
}
