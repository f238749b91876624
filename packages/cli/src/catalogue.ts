/** The catalogue of the commands: the one that was fetched, where there is one, else the one that ships. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { models } from "@polycall/models";
import type { IO } from "./io.ts";

/** Where `polycall models update` keeps what it fetched. */
export function cacheFile({ env }: Pick<IO, "env">): string {
  const cache = env.XDG_CACHE_HOME || env.LOCALAPPDATA || join(homedir(), ".cache");
  return join(cache, "polycall", "models.json");
}

/** `POLYCALL_MODELS` is read by the catalogue itself. One that cannot be read is told of, and not taken. */
export function openCatalogue(io: IO): typeof models {
  const file = cacheFile(io);
  if (!io.env.POLYCALL_MODELS && existsSync(file)) {
    try {
      models.load(file);
    } catch (error) {
      io.err(`polycall: ${(error as Error).message} The shipped catalogue stays in force.`);
    }
  }
  return models;
}
