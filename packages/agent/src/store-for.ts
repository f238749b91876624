/** Where an agent's runs are kept that names no store. */
import { fileStore } from "#file-store";
import type { Definition } from "./definition.ts";
import { logOf } from "./journal.ts";
import type { Store } from "./store.ts";
import { memoryStore } from "./stores/memory.ts";

/** For all agents of this process that name no store. */
let inMemory: Store | undefined;

/** The store of a new run: a file where the run belongs to a session, else memory. */
export function storeForNew({ store }: Definition, session: string | undefined): Promise<Store> {
  if (store) return Promise.resolve(store);
  if (session !== undefined) return fileStore();
  inMemory ??= memoryStore();
  return Promise.resolve(inMemory);
}

/** The store that has a run. */
export async function storeOfRun({ store }: Definition, runId: string): Promise<Store> {
  if (store) return store;
  if (inMemory && (await inMemory.version(logOf(runId))) > 0) return inMemory;
  return fileStore();
}
