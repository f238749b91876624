/** Filters as Qdrant's conditions, and the payload that they are evaluated on. */
import { cleanMetadata, cleanText } from "./encoded.ts";
import type { FilterLanguage, Test } from "./filter.ts";
import type { StoreRecord } from "./records.ts";
import type { FilterValue } from "./store.ts";

export type QdrantCondition =
  | { key: string; match: { value: string | boolean } | { any: string[] } }
  | { key: string; range: { gt?: number; gte?: number; lt?: number; lte?: number } }
  | { must: QdrantCondition[] }
  | { should: QdrantCondition[] }
  | { must_not: QdrantCondition[] };

/**
 * Lists stand apart from single values: a test of equality would else look into them. The names of all keys
 * are a list of their own, for the tests of what exists.
 */
export function qdrantPayload({ chunk, body, text }: StoreRecord): Record<string, unknown> {
  const metadata = Object.entries(cleanMetadata(chunk.metadata));
  return {
    source: chunk.source,
    place: chunk.index,
    ...(chunk.page !== undefined && { page: chunk.page }),
    metadata: Object.fromEntries(metadata.filter(([, value]) => !Array.isArray(value))),
    lists: Object.fromEntries(metadata.filter(([, value]) => Array.isArray(value))),
    keys: metadata.map(([key]) => key),
    text,
    chunk: body,
  };
}

export const qdrantLanguage: FilterLanguage<QdrantCondition> = {
  all: (must) => ({ must }),
  any: (should) => ({ should }),
  never: () => ({ key: "place", range: { lt: 0 } }),
  test(test) {
    const said = say(test);
    if (!said) return { exact: false };
    return { part: test.not ? { must_not: [said] } : said, exact: true };
  },
};

function say(test: Test): QdrantCondition | undefined {
  const key = cleanText(test.key);
  const own = key === "source" || key === "page";
  // A path in quotes holds anything but these.
  if (/["\\\p{Cc}]/u.test(key) || key === "") return undefined;
  const at = own ? key : `metadata."${key}"`;
  switch (test.op) {
    case "in":
      return { should: isOneOf(at, test.values) };
    case "contains":
      if (own) return qdrantLanguage.never();
      return { key: `lists."${key}"`, match: { value: cleanText(test.value) } };
    case "exists":
      if (key === "source") return { key: "place", range: { gte: 0 } };
      if (key === "page") return { key: "page", range: { gte: -Number.MAX_VALUE } };
      return { key: "keys", match: { value: key } };
  }
  // Texts have no order in Qdrant.
  if (typeof test.value === "string") return undefined;
  return { key: at, range: { [test.op]: test.value } };
}

function isOneOf(key: string, values: readonly FilterValue[]): QdrantCondition[] {
  const texts = values.filter((value) => typeof value === "string").map(cleanText);
  const others = values.filter((value) => typeof value !== "string");
  return [
    ...(texts.length ? [{ key, match: { any: texts } }] : []),
    ...others.map((value) =>
      typeof value === "number"
        ? { key, range: { gte: value, lte: value } }
        : { key, match: { value } },
    ),
  ];
}
