/** Long-term memory: facts that outlive a session, each user's apart. A fact is a log of its own. */
import { InvalidRequestError } from "@polycall/core";
import type { AgentContext } from "./context.ts";
import { type MemoryTool, memoryTools } from "./memory-tools.ts";
import { type Entry, type Store, UnknownEntryError, VersionConflictError } from "./store.ts";

export interface Fact {
  id: string;
  text: string;
  tags: readonly string[];
  /** ms since 1970. */
  rememberedAt: number;
}

/** The memory of one scope. */
export interface ScopedMemory {
  /**
   * Remembers a fact. Said again (but for spaces, the first letter's case and a full stop) it is the same fact.
   * @param options.key an idempotency key: with a key that was used before, nothing is remembered
   * @param options.tags words by which it is found, too
   * @returns the fact as it was first said; `isNew` where this call has added it
   */
  remember(
    text: string,
    options?: { key?: string; tags?: readonly string[] },
  ): Promise<Fact & { isNew: boolean }>;
  /** Facts that hold words of the query, the best match first. Default 10 of them. */
  recall(query: string, options?: { limit?: number }): Promise<Fact[]>;
  /** Takes a fact away for good; false where there is none of that id. */
  forget(id: string): Promise<boolean>;
  /** The facts, the newest first. */
  list(options?: { limit?: number }): Promise<Fact[]>;
  /** Takes away all that is remembered in this scope. */
  clear(): Promise<void>;
}

/** Gives an agent a memory: `tools: [...memory.tools]`. */
export interface MemoryOfScope extends ScopedMemory {
  readonly tools: readonly MemoryTool<unknown>[];
}
/** Its tools find their scope in the context of each call. */
export interface MemoryByContext<Context> {
  readonly tools: readonly MemoryTool<Context>[];
  /** The memory of one scope, for use outside of an agent. */
  of(scope: string): ScopedMemory;
}

/**
 * A memory that outlives sessions. What is remembered in one scope is never seen in another.
 * @param options.scope whose memory it is, such as a user's id; or how a tool's context tells it
 */
export function longTermMemory(options: { store: Store; scope: string }): MemoryOfScope;
export function longTermMemory<Context>(options: {
  store: Store;
  scope: (context: AgentContext<Context>) => string;
}): MemoryByContext<Context>;
export function longTermMemory<Context>({
  store,
  scope,
}: {
  store: Store;
  scope: string | ((context: AgentContext<Context>) => string);
}): MemoryOfScope | MemoryByContext<Context> {
  if (typeof scope === "function") {
    const of = (name: string) => scopedMemory(store, name);
    return { tools: memoryTools((context: AgentContext<Context>) => of(scope(context))), of };
  }
  const memory = scopedMemory(store, scope);
  return { ...memory, tools: memoryTools(() => memory) };
}

const maxScope = 400;
const maxFact = 10_000;
const defaultRecall = 10;
/** How many facts a list reads at a time. */
const batch = 50;

function scopedMemory(store: Store, scope: string): ScopedMemory {
  const root = `memory/${scopeName(scope)}/`;
  const facts = `${root}fact/`;

  /** Whether this call has written the entry; false where there is something already. */
  async function appended(log: string, version: number, entry: Entry): Promise<boolean> {
    try {
      await store.append(log, version, [entry]);
      return true;
    } catch (error) {
      if (error instanceof VersionConflictError) return false;
      throw error;
    }
  }
  async function get(id: string): Promise<Fact | undefined> {
    const [entry] = await store.read(facts + id, { to: 1 });
    return entry && readFact(facts + id, entry);
  }
  async function add(fact: Fact): Promise<Fact & { isNew: boolean }> {
    const { id, ...data } = fact;
    const text = [fact.text, ...fact.tags].join("\n");
    for (;;) {
      const entry = { data: { v: 1, type: "fact", ...data }, text };
      if (await appended(facts + id, 0, entry)) return { ...fact, isNew: true };
      const known = await get(id);
      if (known) return { ...known, isNew: false };
    }
  }

  return {
    async remember(text, { key, tags = [] } = {}) {
      checkFact(text, tags);
      const fact = {
        id: await hash(sameFact(text)),
        text: text.trim(),
        tags: [...tags],
        rememberedAt: Date.now(),
      };
      if (key === undefined) return add(fact);

      // Two entries: for which fact the key is, and that it is done. The fact is written between them.
      const log = `${root}key/${await hash(key)}`;
      await appended(log, 0, { data: { v: 1, type: "key", fact: fact.id } });
      const [first, done] = await store.read(log);
      const id = (first?.data as { fact?: string } | undefined)?.fact ?? fact.id;
      if (id === fact.id && !done) {
        const added = await add(fact);
        await appended(log, 1, { data: { v: 1, type: "done" } });
        return added;
      }
      const known = await get(id);
      if (known) return { ...known, isNew: false };
      if (id === fact.id) return { ...fact, isNew: false };
      throw new InvalidRequestError(
        "That key was used to remember something else, which is forgotten. Use a key of its own.",
        { param: "key" },
      );
    },
    async recall(query, { limit = defaultRecall } = {}) {
      const found = await store.search(query, { prefix: facts, limit });
      return found.map(({ log, entry }) => readFact(log, entry));
    },
    async forget(id) {
      if (!/^[0-9a-f]{16}$/.test(id) || (await store.version(facts + id)) === 0) return false;
      await store.delete(facts + id);
      return true;
    },
    async list({ limit } = {}) {
      const logs = await store.list(facts, { limit });
      const found: Fact[] = [];
      for (let from = 0; from < logs.length; from += batch) {
        const some = logs.slice(from, from + batch);
        const read = await Promise.all(some.map(({ log }) => get(log.slice(facts.length))));
        found.push(...read.filter((fact) => fact !== undefined));
      }
      return found;
    },
    async clear() {
      for (const { log } of await store.list(root)) await store.delete(log);
    },
  };
}

/** A scope as one step of a path: no scope is the beginning of another. */
function scopeName(scope: string): string {
  const wrong = (what: string) =>
    new InvalidRequestError(
      `The scope of a memory ${what}. Give a text that stands for one user, so that users stay apart.`,
      { param: "scope" },
    );
  if (typeof scope !== "string") throw wrong(`is ${scope === null ? "null" : typeof scope}`);
  if (scope === "") throw wrong("is empty");
  const name = scope.replace(/[%/]/g, encodeURIComponent);
  if (name.length > maxScope) throw wrong(`is longer than ${maxScope} characters`);
  return name;
}

function checkFact(text: string, tags: readonly string[]): void {
  if (typeof text !== "string" || text.trim() === "" || text.length > maxFact)
    throw new InvalidRequestError(
      `A fact to remember is a text of 1 to ${maxFact} characters${typeof text === "string" ? `, not ${text.length}` : ""}.`,
      { param: "text" },
    );
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== "string"))
    throw new InvalidRequestError("Tags are a list of texts.", { param: "tags" });
}

function sameFact(text: string): string {
  const plain = text.normalize("NFC").trim().replace(/\s+/g, " ").replace(/\.$/, "");
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest, 0, 8)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function readFact(log: string, { data }: Entry): Fact {
  const { v, type, text, tags, rememberedAt } = data as unknown as Fact & {
    v: unknown;
    type: unknown;
  };
  if (v !== 1 || type !== "fact")
    throw new UnknownEntryError(
      `The log "${log}" holds no fact that this polycall knows (version ${JSON.stringify(v)}). Use the polycall that wrote it, or a newer one.`,
    );
  return { id: log.slice(log.lastIndexOf("/") + 1), text, tags, rememberedAt };
}
