/** The report of an ingestion as it grows, told to whoever watches. */
import type { Store } from "../stores/store.ts";
import type { IngestProgress, IngestReport, IngestStatus } from "./report.ts";
import { isForeign } from "./source.ts";

export class Tally {
  readonly report: IngestReport = {
    ...{ stored: 0, unchanged: 0, removed: 0, chunks: 0, ms: 0 },
    ...{ skipped: [], failed: [], warnings: [] },
  };
  /** How many documents there are, as soon as that is known. */
  total: number | undefined;
  readonly #onProgress: ((progress: IngestProgress) => void) | undefined;
  #done = 0;

  constructor(onProgress?: (progress: IngestProgress) => void, total?: number) {
    this.#onProgress = onProgress;
    this.total = total;
  }

  stored(source: string, made: { chunks: number; warnings: readonly string[] }): void {
    this.report.stored++;
    this.report.chunks += made.chunks;
    if (made.warnings.length) this.report.warnings.push({ source, warnings: made.warnings });
    this.#tell(source, "stored");
  }

  leftAlone(source: string, status: "unchanged" | "gone"): void {
    if (status === "unchanged") this.report.unchanged++;
    this.#tell(source, status);
  }

  removed(source: string): void {
    this.report.removed++;
    this.#tell(source, "removed");
  }

  /** A file of a kind that nothing converts is no failure. */
  failed(source: string, error: Error): void {
    if (isForeign(error)) this.skipped(source);
    else {
      this.report.failed.push({ source, error });
      this.#tell(source, "failed");
    }
  }

  skipped(source: string): void {
    this.report.skipped.push(source);
    this.#tell(source, "skipped");
  }

  /** Lets the store build what makes searches fast; also where nothing was written, as after a kill while it did. */
  async optimize(store: Store, signal?: AbortSignal): Promise<void> {
    await store.optimize?.({
      ...(signal && { signal }),
      onProgress: ({ done, total }) =>
        this.#onProgress?.({ ...this.#state(), index: { done, total } }),
    });
  }

  #tell(source: string, status: IngestStatus): void {
    this.#done++;
    this.#onProgress?.({ ...this.#state(), source, status });
  }

  #state(): IngestProgress {
    const { total, report } = this;
    return { done: this.#done, ...(total !== undefined && { total }), chunks: report.chunks };
  }
}
