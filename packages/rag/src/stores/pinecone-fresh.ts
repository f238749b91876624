/**
 * Pinecone shows what was written some time later. Each write has a number in its namespace, and a query
 * tells up to which number it has seen: what was written here is waited for before anything is read.
 */
import { checkAborted, StoreError } from "./errors.ts";

type Note = (headers: Headers) => void;

export interface Freshness {
  /** Notes what a write to a namespace was answered with. */
  wrote(namespace: string): Note;
  /** Notes what a query of a namespace was answered with. */
  seen(namespace: string): Note;
  /** Waits until queries see all that was written. */
  settle(namespace: string, signal?: AbortSignal): Promise<void>;
}

/** @param probe queries a namespace, and gives what it was answered with to `seen` */
export function freshness(
  probe: (namespace: string, signal: AbortSignal | undefined) => Promise<void>,
  patience = 60_000,
): Freshness {
  const written = new Map<string, number>();
  const visible = new Map<string, number>();
  const note = (numbers: Map<string, number>, header: string) => (namespace: string) => {
    return (headers: Headers) => {
      const number = Number(headers.get(header) ?? 0);
      if (number > (numbers.get(namespace) ?? 0)) numbers.set(namespace, number);
    };
  };
  return {
    wrote: note(written, "x-pinecone-request-lsn"),
    seen: note(visible, "x-pinecone-max-indexed-lsn"),
    async settle(namespace, signal) {
      const wanted = written.get(namespace) ?? 0;
      const start = Date.now();
      for (
        let pause = 50;
        (visible.get(namespace) ?? 0) < wanted;
        pause = Math.min(2 * pause, 1000)
      ) {
        checkAborted(signal);
        await probe(namespace, signal);
        if ((visible.get(namespace) ?? 0) >= wanted) return;
        if (Date.now() - start > patience)
          throw new StoreError(
            `Pinecone does not show after ${patience / 1000} s what was written to ${namespace}.`,
          );
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
  };
}
