/** Where an agent's runs are kept that names no store. */
import type { Definition } from "./definition.ts";
import type { Store } from "./store.ts";
import { memoryStore } from "./stores/memory.ts";

/** For all agents of this process that name no store. */
let inMemory: Store | undefined;

export async function storeFor(
  { store }: Definition,
  _session?: string,
  _runId?: string,
): Promise<Store> {
  if (store) return store;
  inMemory ??= memoryStore();
  return inMemory;
}
