/** The page that a place of a document is on. */
import type { SourceDocument } from "../chunk.ts";

/** Tells pages of ascending places in one pass. */
export function pageTeller(document: SourceDocument): (at: number) => number | undefined {
  const { pages } = document;
  if (!pages?.length) return () => undefined;
  let next = 0;
  return (at) => {
    while (next < pages.length && pages[next]!.start <= at) next++;
    return pages[next - 1]?.number;
  };
}
