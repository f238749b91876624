/** A session: the messages of a conversation, kept in a log of a store. */
import { InvalidRequestError, type Message } from "@polycall/core";
import {
  checkMessages,
  entryOf,
  foldMessages,
  isVersion,
  livePlaces,
  type MessagesEntry,
  messageText,
  readEntries,
  type SessionEntry,
  sessionLog,
  sessionRoot,
} from "./session-log.ts";
import type { Store } from "./store.ts";
import { defaultLimit } from "./stores/entries.ts";
import { queryWords, rank, textWords } from "./words.ts";

export interface FoundMessages {
  /** The id of the session. */
  session: string;
  /** The session as it was right after them: what `fork` and `rewind` take. */
  version: number;
  /** Those that hold a word of the query. */
  messages: Message[];
}

export interface Session {
  readonly id: string;
  /** The messages as they are to be sent, and the version that `append` then expects. */
  load(): Promise<{ messages: Message[]; version: number }>;
  messages(): Promise<Message[]>;
  /** Every entry that was ever written, rewound and compacted ones too. */
  history(): Promise<SessionEntry[]>;
  /** How many entries the session has; it grows with every change. 0 for a new session. */
  version(): Promise<number>;
  /**
   * Adds messages after those of `version`. They are kept as they are, with all that providers need back.
   * @param options.run the run that they are of
   * @returns the new version
   * @throws VersionConflictError when another process or tab has changed the session since; nothing is written
   */
  append(messages: readonly Message[], options: { version: number; run?: string }): Promise<number>;
  /**
   * Puts `by` in the place of the first `replaced` messages. History, search and rewind still know these.
   * @returns the new version
   * @throws VersionConflictError as `append` does
   */
  compact(replaced: number, by: readonly Message[], options: { version: number }): Promise<number>;
  /**
   * Makes a new session with what this one holds, or held at the version `at`. It needs this one no longer.
   * @throws VersionConflictError when there is a session of that id
   */
  fork(id: string, options?: { at?: number }): Promise<Session>;
  /**
   * Makes the session again what it was at the version `to`. Nothing is lost: rewinding to the version
   * before undoes it.
   * @returns the new version
   * @throws VersionConflictError when the session has changed meanwhile, or since `version`
   */
  rewind(to: number, options?: { version?: number }): Promise<number>;
  /** Messages that hold words of the query, the best match first; compacted ones too, rewound ones not. */
  search(query: string, options?: { limit?: number }): Promise<FoundMessages[]>;
  /** Takes everything away for good. */
  clear(): Promise<void>;
}

/**
 * The session of an id, which need not exist yet.
 * @param id 1 to 504 characters; with slashes, sessions can be listed by what they begin with: "anna/trip"
 */
export function session(id: string, { store }: { store: Store }): Session {
  if (typeof id !== "string" || id === "")
    throw new InvalidRequestError("A session needs an id: a text of 1 to 504 characters.", {
      param: "id",
    });
  const log = sessionLog(id);
  const write = (entry: SessionEntry, version: number) =>
    store.append(log, version, [entryOf(entry)]);
  const history = async () => readEntries(log, await store.read(log));
  const load = async () => {
    const entries = await history();
    return { messages: foldMessages(entries), version: entries.length };
  };

  return {
    id,
    load,
    messages: async () => (await load()).messages,
    history,
    version: () => store.version(log),
    async append(messages, { version, run }) {
      checkMessages(messages, "messages");
      if (messages.length === 0) return store.append(log, version, []);
      const entry = { v: 1, type: "messages", ...(run === undefined ? {} : { run }), messages };
      return write(entry as MessagesEntry, version);
    },
    async compact(replaced, by, { version }) {
      const entries = await history();
      const before = foldMessages(entries).length;
      if (entries.length === version && !isVersion(replaced, before))
        throw new InvalidRequestError(
          `The session "${id}" has ${before} messages at version ${version}; ${replaced} of them cannot be replaced.`,
          { param: "replaced" },
        );
      return write({ v: 1, type: "compaction", replaced, by: checkMessages(by, "by") }, version);
    },
    async fork(newId, { at } = {}) {
      const forked = session(newId, { store });
      const entries = await store.read(log, { to: at });
      if (at !== undefined && entries.length !== at) throw noSuchVersion(id, at, entries.length);
      await store.append(sessionLog(newId), 0, entries);
      return forked;
    },
    async rewind(to, { version } = {}) {
      const now = version ?? (await store.version(log));
      if (!isVersion(to, now)) throw noSuchVersion(id, to, now);
      return write({ v: 1, type: "rewind", to }, now);
    },
    async search(query, { limit = defaultLimit } = {}) {
      const entries = await history();
      const candidates = livePlaces(entries)
        .reverse()
        .flatMap((place) => {
          const entry = entries[place]!;
          return entry.type === "messages" ? [searchable(id, place, entry)] : [];
        });
      const words = queryWords(query);
      const best = rank(words, candidates, ({ held }) => new Set(held.flatMap((one) => [...one])));
      return best.slice(0, limit).map((one) => found(one, words));
    },
    clear: () => store.delete(log),
  };
}

/** Sessions whose ids begin with `prefix` (default: all), the one written last first. */
export async function listSessions({
  store,
  prefix = "",
  limit,
}: {
  store: Store;
  prefix?: string;
  limit?: number;
}): Promise<{ id: string; version: number; updatedAt: number }[]> {
  const logs = await store.list(sessionRoot + prefix, { limit });
  return logs.map(({ log, ...rest }) => ({ id: log.slice(sessionRoot.length), ...rest }));
}

/**
 * Messages of all sessions whose ids begin with `prefix`, the best match first. What was rewound is found
 * here, too.
 */
export async function searchSessions(
  query: string,
  { store, prefix = "", limit }: { store: Store; prefix?: string; limit?: number },
): Promise<FoundMessages[]> {
  const words = queryWords(query);
  const hits = await store.search(query, { prefix: sessionRoot + prefix, limit });
  return hits.map(({ log, index, entry }) => {
    const [read] = readEntries(log, [entry]);
    return found(searchable(log.slice(sessionRoot.length), index, read as MessagesEntry), words);
  });
}

interface Searchable extends FoundMessages {
  /** The words of each message. */
  held: Set<string>[];
}

function searchable(id: string, place: number, { messages }: MessagesEntry): Searchable {
  const held = messages.map((message) => textWords(messageText(message)));
  return { session: id, version: place + 1, messages, held };
}

function found({ held, ...rest }: Searchable, words: readonly string[]): FoundMessages {
  const messages = rest.messages.filter((_, i) => words.some((word) => held[i]!.has(word)));
  return { ...rest, messages };
}

function noSuchVersion(id: string, asked: unknown, last: number): InvalidRequestError {
  return new InvalidRequestError(
    `The session "${id}" has no version ${asked}; its versions are 0 to ${last}.`,
    { param: "version" },
  );
}
