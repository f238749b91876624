/** The report of an ingestion as it grows, told to whoever watches. */
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

  #tell(source: string, status: IngestStatus): void {
    const { total, report } = this;
    const done = ++this.#done;
    const { chunks } = report;
    this.#onProgress?.({ done, ...(total !== undefined && { total }), source, status, chunks });
  }
}
