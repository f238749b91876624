/** The same work for many items, several at once. */

/**
 * `work` of each item, in their order, at most `limit` under way. Where one fails none begins any more, and the
 * error comes out when those under way have ended: what they were paid for is not lost.
 */
export async function each<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  limit = 16,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  let failed: { error: unknown } | undefined;
  const run = async () => {
    while (next < items.length && !failed) {
      const at = next++;
      try {
        results[at] = await work(items[at]!, at);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
  if (failed) throw failed.error;
  return results;
}
