/** A process that carries runs on with DBOS, told what to do by a line each: it is there to be killed. */
import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Decision } from "@polycall/agent";
import { createClient } from "polycall";
import { sqliteStore } from "../../agent/src/node/sqlite.ts";
import { contextWindow, trip } from "../../agent/test/kills/trip.ts";
import { type DbosAgent, dbosAgent, recover } from "../src/index.ts";

export type Job =
  | {
      do: "launch";
      executorID: string;
      url: string;
      service: string;
      providers: Record<string, { baseURL: string; apiKey: string }>;
      model: string;
      asks: boolean;
      /** Of sessions. */
      file: string;
    }
  | { do: "start" | "pending" | "result" | "status" | "steps" | "resume"; runId: string }
  | { do: "decide"; runId: string; decisions: { [id: string]: Decision } }
  | { do: "recover"; executorID: string };

let lead: DbosAgent;

const silent = () => {};
// What goes wrong is in the answers.
const logger = { debug: silent, info: silent, warn: silent, error: silent };

async function work(job: Job): Promise<unknown> {
  switch (job.do) {
    case "launch": {
      const { executorID, url, providers, file } = job;
      const client = createClient({ providers, defaults: { maxRetries: 0 } });
      lead = dbosAgent(trip({ ...job, client, store: sqliteStore(file), contextWindow }));
      DBOS.setConfig({
        name: "trips",
        systemDatabaseUrl: url,
        executorID,
        logger: logger as never,
      });
      await DBOS.launch();
      return "launched";
    }
    case "start":
      return (await lead.start("Plan the trip.", { runId: job.runId, session: job.runId }))
        .workflowID;
    case "pending":
      return lead.pending(job.runId);
    case "decide":
      return lead.decide(job.runId, job.decisions);
    case "recover":
      return recover(job.executorID);
    case "resume":
      return (await lead.resume(job.runId)).workflowID;
    case "status":
      return DBOS.listWorkflows({ workflow_id_prefix: job.runId, loadOutput: false });
    case "steps": {
      const runs = await DBOS.listWorkflows({ workflow_id_prefix: job.runId });
      const steps = runs.map(async ({ workflowID }) =>
        ((await DBOS.listWorkflowSteps(workflowID)) ?? []).map(
          ({ name }) => `${workflowID} ${name}`,
        ),
      );
      return (await Promise.all(steps)).flat();
    }
    case "result":
      return DBOS.getResult(job.runId, { pollingIntervalMs: 50 });
  }
}

flushCompileCache();
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  try {
    process.stdout.write(`${JSON.stringify((await work(JSON.parse(line))) ?? null)}\n`);
  } catch (error) {
    const { name, message } = error as Error;
    process.stdout.write(`${JSON.stringify({ error: { name, message } })}\n`);
  }
}
