/** A folder's changes into the queue, and what became of each. */
import { APIUserAbortError } from "@polycall/core";
import type { Job, Queue, QueueEvents } from "bullmq";
import type { IngestOptions } from "../ingest/ingest.ts";
import type { IngestStep } from "../ingest/plan.ts";
import type { IngestReport } from "../ingest/report.ts";
import { Tally } from "../ingest/tally.ts";
import type { KnowledgeBase } from "../knowledge-base.ts";
import { bullmq } from "./bullmq.ts";
import { type JobData, type JobResult, type QueueOptions, usualName } from "./jobs.ts";

export interface IngestQueueOptions extends QueueOptions, IngestOptions {
  /** How often a document is tried, where another try may help. Default 5 */
  attempts?: number;
  /** ms before the second try, doubled before each further one. Default 1,000 */
  backoff?: number;
}

const jobsAtOnce = 200;
/** Results are kept this long, in s: what the events do not tell is asked for. */
const kept = 3600;
/** ms without an event after which jobs are asked for, and how many. */
const silence = 1000;
const askedAtOnce = 100;

/**
 * Compares the files of patterns with the store and queues a job for each that is to be stored or removed, then
 * waits until workers have done them all. The same content is queued once, whoever else queues it. An abort ends
 * the waiting; what is queued stays queued.
 * @throws InvalidRequestError where BullMQ is not installed; what `plan` throws; APIUserAbortError
 */
export async function queueIngest(
  kb: Pick<KnowledgeBase, "plan" | "refresh" | "store">,
  patterns: string | readonly string[],
  options: IngestQueueOptions,
): Promise<IngestReport> {
  const began = performance.now();
  const { connection, name = usualName, prefix, signal, onProgress } = options;
  const { Queue, QueueEvents } = await bullmq();
  const shared = { connection, ...(prefix && { prefix }) };
  const queue = new Queue<JobData, JobResult>(name, shared);
  const events = new QueueEvents(name, shared);
  try {
    await events.waitUntilReady();
    const tally = new Tally(onProgress);
    const awaited = new Awaited(queue, events, tally);
    await awaited.orAborted(
      (async () => {
        let group: IngestStep[] = [];
        let total = 0;
        for await (const step of kb.plan(patterns, options)) {
          total++;
          if (step.action === "none") tally.leftAlone(step.source, "unchanged");
          else group.push(step);
          if (group.length < jobsAtOnce) continue;
          await awaited.add(group, options);
          group = [];
        }
        await awaited.add(group, options);
        tally.total = total;
        await awaited.all();
        kb.refresh();
      })(),
      signal,
    );
    const { report } = tally;
    await tally.optimize(kb.store, signal);
    return { ...report, ms: Math.round(performance.now() - began) };
  } finally {
    await Promise.all([queue.close(), events.close()]);
  }
}

/** The jobs that are not through. */
class Awaited {
  readonly #queue: Queue<JobData, JobResult>;
  readonly #tally: Tally;
  /** Sources by the jobs' ids, in the order in which they were queued. */
  readonly #sources = new Map<string, string>();
  readonly #run = crypto.randomUUID();
  #queued = 0;
  #heard = performance.now();
  #moved = () => {};

  constructor(queue: Queue<JobData, JobResult>, events: QueueEvents, tally: Tally) {
    this.#queue = queue;
    this.#tally = tally;
    events.on("completed", ({ jobId, returnvalue }) =>
      this.#completed(jobId, returnvalue as unknown as JobResult),
    );
    events.on("failed", ({ jobId, failedReason }) => this.#failed(jobId, failedReason));
  }

  async add(steps: readonly IngestStep[], options: IngestQueueOptions): Promise<void> {
    if (steps.length === 0) return;
    const { attempts = 5, backoff = 1000 } = options;
    const jobs = steps.map((step) => {
      const jobId = `${this.#run}-${this.#queued++}`;
      this.#sources.set(jobId, step.source);
      const opts = {
        ...{ jobId, attempts, deduplication: { id: step.id } },
        ...{ backoff: { type: "exponential", delay: backoff } },
        ...{ removeOnComplete: { age: kept }, removeOnFail: { age: kept } },
      };
      return { name: step.action, data: step, opts };
    });
    const added = await this.#queue.addBulk(jobs);
    for (const [i, { opts }] of jobs.entries()) {
      const { id } = added[i]!;
      if (id === opts.jobId) continue;
      // Another run has queued the same.
      this.#sources.delete(opts.jobId);
      this.#sources.set(id!, steps[i]!.source);
    }
  }

  /** Waits until none is left. */
  async all(): Promise<void> {
    while (this.#sources.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, silence);
        this.#moved = () => {
          if (this.#sources.size > 0) return;
          clearTimeout(timer);
          resolve();
        };
      });
      if (performance.now() - this.#heard >= silence) await this.#ask();
    }
  }

  async orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (!signal) return work;
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = () =>
      reject(
        new APIUserAbortError("The ingestion was aborted; what is queued stays queued.", {
          cause: signal.reason,
        }),
      );
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([work, promise]);
    } finally {
      signal.removeEventListener("abort", abort);
      this.#sources.clear();
      this.#moved();
    }
  }

  /** Events are told once, and to whoever listens just then: the oldest jobs may be through. */
  async #ask(): Promise<void> {
    const oldest = [...this.#sources.keys()].slice(0, askedAtOnce);
    const jobs = await Promise.all(oldest.map((id) => this.#queue.getJob(id)));
    for (const [i, job] of jobs.entries()) {
      const id = oldest[i]!;
      if (!job) this.#failed(id, "Its job is no longer in the queue.");
      else if (isThrough(job) && job.failedReason) this.#failed(id, job.failedReason);
      else if (isThrough(job)) this.#completed(id, job.returnvalue);
    }
  }

  #take(id: string): string | undefined {
    const source = this.#sources.get(id);
    this.#sources.delete(id);
    this.#heard = performance.now();
    return source;
  }

  #completed(id: string, { status, chunks, warnings }: JobResult): void {
    const source = this.#take(id);
    if (source === undefined) return;
    if (status === "stored") this.#tally.stored(source, { chunks, warnings });
    else if (status === "removed") this.#tally.removed(source);
    else if (status === "unchanged") this.#tally.leftAlone(source, status);
    else this.#tally.skipped(source);
    this.#moved();
  }

  #failed(id: string, reason: string): void {
    const source = this.#take(id);
    if (source === undefined) return;
    this.#tally.failed(source, new Error(reason));
    this.#moved();
  }
}

const isThrough = ({ finishedOn }: Job): boolean => finishedOn !== undefined;
