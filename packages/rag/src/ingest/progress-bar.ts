/** An ingestion's progress in one line of a terminal. */
import type { IngestProgress } from "./report.ts";

/** Where it is written to: `process.stderr` is one. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const width = 30;

/**
 * Draws a bar that grows, and one for the store's index at the end:
 * `ingest("docs", { onProgress: progressBar() })`. Where there is no terminal (a log, a pipe), it writes nothing but
 * a line at the end of every tenth.
 * @param terminal default: `process.stderr`
 */
export function progressBar(
  terminal: Terminal | undefined = (globalThis as { process?: { stderr?: Terminal } }).process
    ?.stderr,
): (progress: IngestProgress) => void {
  let tenth = 0;
  let indexing = false;
  return ({ done: documents, total: ofAll, source = "", chunks, index }) => {
    if (!terminal) return;
    const { done, total } = index ?? { done: documents, total: ofAll };
    if (index && !indexing) tenth = 0;
    indexing = index !== undefined;
    const counted = total === undefined ? `${done}` : `${done}/${total}`;
    const line = index ? `${counted} vectors indexed` : `${counted} documents, ${chunks} chunks`;
    if (!terminal.isTTY) {
      const now = total ? Math.floor((done / total) * 10) : 0;
      if (now > tenth) terminal.write(`${line}\n`);
      tenth = now;
      return;
    }
    const filled = total ? Math.round((done / total) * width) : 0;
    const bar = total ? `${"█".repeat(filled)}${"░".repeat(width - filled)} ` : "";
    const room = Math.max(0, (terminal.columns ?? 80) - bar.length - line.length - 2);
    const shown = source.length > room ? `…${source.slice(source.length - room + 1)}` : source;
    terminal.write(`\r\u001b[2K${bar}${line} ${room > 1 ? printable(shown) : ""}`);
    if (done === total) terminal.write("\n");
  };
}

/** A file's name may hold what a terminal obeys. */
const printable = (text: string) => text.replace(/\p{Cc}/gu, "?");
