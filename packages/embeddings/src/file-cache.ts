/** The cache in a file as the package's users see it: a door to Node's files, which is shut elsewhere. */
import { fileCache as inFile } from "#node";
import type { FileCache, FileCacheOptions } from "./node/file-cache.ts";

export type { FileCache, FileCacheOptions };

/**
 * Vectors in a file, as 32-bit floats. Needs Node's own SQLite.
 * @throws PolycallError, when it is first used, for a file that is something else; where there is no Node
 */
export function fileCache(path: string, options: FileCacheOptions = {}): FileCache {
  return inFile(path, options);
}
