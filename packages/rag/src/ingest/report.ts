/** What an ingestion says while it runs, and when it has ended. */

/** "gone": it was there when the files were counted, and no longer when its turn came. */
export type IngestStatus = "stored" | "unchanged" | "removed" | "skipped" | "failed" | "gone";

export interface IngestProgress {
  /** Documents that are through, whatever became of them. */
  done: number;
  /** Absent while it is not known: of documents that are handed over, how many there are shows at their end. */
  total?: number;
  /** The last of them, and what became of it. */
  source?: string;
  status?: IngestStatus;
  /** Stored by now. */
  chunks: number;
  /** While the store builds its index, after the last document: vectors that are in it. */
  index?: { done: number; total: number };
}

export interface IngestFailure {
  source: string;
  error: Error;
}

export interface IngestReport {
  /** New or changed documents that are now stored. */
  stored: number;
  /** Documents that were there already, the same. */
  unchanged: number;
  /** Documents that were there and are gone, with all their chunks. */
  removed: number;
  /** Files of a kind that nothing here converts. */
  skipped: string[];
  /** Documents that could not be converted, cut or embedded. What was stored of them before stays. */
  failed: IngestFailure[];
  /** What a conversion left out, by document. */
  warnings: { source: string; warnings: readonly string[] }[];
  /** Chunks that were stored. */
  chunks: number;
  ms: number;
}
