/** `principalComponents()`: vectors in fewer dimensions, for what looks at distances. */
import { InvalidRequestError } from "@polycall/core";
import type { Vectors } from "../arithmetic.ts";
import { Pace } from "./pace.ts";
import { principal } from "./pca.ts";
import { randomBy } from "./random.ts";
import { Rows } from "./rows.ts";

/** How many components, and from which seed they are sought. */
export interface ComponentsOptions {
  /** How many; fewer where there are not so many numbers, or vectors. */
  components: number;
  /** The same seed, the same places. A whole number. Default: 1 */
  seed?: number;
  signal?: AbortSignal;
}

/**
 * Each vector's place along the first principal components, as exactly as clusters and neighbours need it. It lets
 * others run meanwhile. For pictures there is `project()`.
 * @throws InvalidRequestError for a number of components that cannot be, and for a vector that holds something other
 *   than finite numbers; DimensionError for vectors of different lengths; APIUserAbortError
 */
export async function principalComponents(
  vectors: Vectors,
  { components, seed = 1, signal }: ComponentsOptions,
): Promise<{ matrix: Float64Array; dimensions: number }> {
  if (!Number.isInteger(components) || components < 1) {
    const message = `components must be a whole number from 1, not ${components}.`;
    throw new InvalidRequestError(message, { param: "components" });
  }
  const rows = new Rows(vectors, "euclidean");
  const wanted = Math.max(1, Math.min(components, rows.dimensions, rows.count - 1));
  const pace = new Pace(signal ? { signal } : {});
  const by = { random: randomBy(seed), pace };
  const matrix = await principal(rows, { ...by, wanted, for: "reduction" });
  return { matrix, dimensions: wanted };
}
