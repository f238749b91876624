/** Takes documents from the queue and stores them. Any number of these work side by side, on any machines. */
import type { ApplyOptions } from "../ingest/plan.ts";
import { isOfTheText } from "../ingest/put.ts";
import type { KnowledgeBase } from "../knowledge-base.ts";
import { bullmq } from "./bullmq.ts";
import { type JobData, type JobResult, type QueueOptions, usualName } from "./jobs.ts";

export interface IngestWorkerOptions extends QueueOptions, Omit<ApplyOptions, "signal"> {
  /** Documents at once. Default 4 */
  concurrency?: number;
  /** ms after which the job of a worker that was killed is another's. Default 30,000 */
  stalledAfter?: number;
}

export interface IngestWorker {
  /** Ends when the documents that were begun are through. */
  close(): Promise<void>;
}

/** A document that kills its worker is not to kill them all. */
const deaths = 3;

/**
 * Begins to work. `root` is where this machine has the folder that was planned; chunker and `convert` must be
 * those of the plan.
 * @throws InvalidRequestError where BullMQ is not installed
 */
export async function ingestWorker(
  kb: Pick<KnowledgeBase, "apply">,
  options: IngestWorkerOptions,
): Promise<IngestWorker> {
  const { connection, name = usualName, prefix, concurrency = 4, stalledAfter = 30_000 } = options;
  const { UnrecoverableError, Worker } = await bullmq();
  const ending = new AbortController();
  const worker = new Worker<JobData, JobResult>(
    name,
    async ({ data }) => {
      try {
        return await kb.apply(data, { ...options, signal: ending.signal });
      } catch (error) {
        if (!isFinal(error)) throw error;
        throw new UnrecoverableError((error as Error).message);
      }
    },
    {
      ...{ connection, concurrency, maxStalledCount: deaths },
      ...{ stalledInterval: stalledAfter, lockDuration: stalledAfter },
      ...(prefix && { prefix }),
    },
  );
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      ending.abort();
    },
  };
}

/** Another try would fail as this one did. */
const isFinal = (error: unknown): boolean =>
  isOfTheText(error) || (error as Error | undefined)?.name === "DocumentError";
