/** Works ahead: the next items are prepared while the last one is used. */

/** `work` of each item, in their order, at most `limit` begun and not yet taken. */
export async function* ahead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for await (const item of items) {
    const one = work(item);
    // Whoever leaves early does not wait for it.
    one.catch(() => {});
    begun.push(one);
    if (begun.length >= limit) yield await begun.shift()!;
  }
  for (const one of begun) yield await one;
}
