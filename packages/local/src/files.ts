/** Where a model's small files are: its folder, transformers.js' folders, the hub. */
import { join, keep, readFirst } from "#node";
import type { ReadFile } from "./settings.ts";
import type { Transformers } from "./transformers.ts";

/** @param id a folder, or the model's name on the hub */
export function filesOf(
  id: string,
  isFolder: boolean,
  { env }: Pick<Transformers, "env">,
  options: { offline: boolean; revision: string },
): ReadFile {
  return async (file) => {
    const cached = env.cacheDir ? join(env.cacheDir, id, file) : undefined;
    const local = env.allowLocalModels ? [join(env.localModelPath, id, file)] : [];
    const paths = isFolder ? [join(id, file)] : cached ? [...local, cached] : local;
    const found = await readFirst(paths);
    if (found !== undefined) return JSON.parse(found) as unknown;
    if (isFolder || options.offline || !env.allowRemoteModels) return undefined;
    const text = await fetched(id, file, env, options.revision);
    if (text === undefined) return undefined;
    if (cached) await keep(cached, text);
    return JSON.parse(text) as unknown;
  };
}

/** @returns undefined where the hub has no such file, or cannot be reached: the model then says so itself */
async function fetched(
  id: string,
  file: string,
  { remoteHost, remotePathTemplate, fetch = globalThis.fetch }: Transformers["env"],
  revision: string,
): Promise<string | undefined> {
  const path = remotePathTemplate.replaceAll("{model}", id).replaceAll("{revision}", revision);
  try {
    const response = await fetch(new URL(`${path.replace(/\/$/, "")}/${file}`, remoteHost));
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
