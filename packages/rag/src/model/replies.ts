/** What keeps a model's replies by what was asked, so that a pass over a corpus goes on where it stopped. */
import { fileReplies as inFile } from "#replies";

/** Keeps replies by key, the SHA-256 of all that was asked. What it is given it may forget. */
export interface ReplyCache {
  get(key: string): string | undefined | Promise<string | undefined>;
  set(key: string, reply: string): void | Promise<void>;
}

/** Replies in a file. */
export interface FileReplies extends ReplyCache {
  /** Closes the file. */
  close(): void;
}

/** Replies in this process's memory, all of them. */
export function memoryReplies(): ReplyCache {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key),
    set: (key, reply) => {
      kept.set(key, reply);
    },
  };
}

/**
 * Replies in the SQLite file at `path`; several processes may use it, and what was written outlives a kill.
 * @throws StoreError, when it is first used, for a file that is something else; InvalidRequestError where there
 *   is no Node
 */
export function fileReplies(path: string): FileReplies {
  return inFile(path);
}
