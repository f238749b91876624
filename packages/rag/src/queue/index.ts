/** Ingestion by many machines, as jobs of BullMQ on Redis. */
export type { QueueOptions } from "./jobs.ts";
export { type IngestQueueOptions, queueIngest } from "./produce.ts";
export { type IngestWorker, type IngestWorkerOptions, ingestWorker } from "./worker.ts";
