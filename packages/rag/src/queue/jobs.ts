/** What producers and workers agree on: the queue's name, what a job holds and what it gives back. */
import type { ConnectionOptions } from "bullmq";
import type { Applied, IngestStep } from "../ingest/plan.ts";

export interface QueueOptions {
  /** Redis: `{ url: "redis://…" }`, or a client that BullMQ takes. */
  connection: ConnectionOptions;
  /** The queue's name, one for each knowledge base. Default "polycall-ingest" */
  name?: string;
  /** How its keys in Redis begin. Default BullMQ's: "bull" */
  prefix?: string;
}

export type JobData = IngestStep;
export type JobResult = Applied;

export const usualName = "polycall-ingest";
