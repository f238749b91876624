/** Filters as Pinecone's, and the metadata that they are evaluated on. Source: its guide to filters. */
import { cleanMetadata, cleanText } from "./encoded.ts";
import type { Compiled, FilterLanguage, Test } from "./filter.ts";
import type { StoreRecord } from "./records.ts";
import type { FilterValue } from "./store.ts";

export type PineconeFilter = { [key: string]: unknown };
export type PineconeMetadata = Record<string, FilterValue | string[]>;

/** Where a list is kept: a test of equality would else look into it. */
const listOf = (key: string) => `${key}[]`;

/** The names of all fields, so that what is missing can be told whatever `$nin` makes of it. */
const keys = "polycall:keys";
/** Stands there for a list that holds nothing: whatever `$nin` makes of that, too. */
const emptyOf = (key: string) => `polycall:empty:${key}`;

/** Names that Pinecone refuses or the store needs itself. */
const isTaken = (key: string) => /^(\$|polycall:)|\[\]$/.test(key);

export function pineconeMetadata({ chunk, body }: StoreRecord): PineconeMetadata {
  const { source, page, index, metadata } = chunk;
  const fields: PineconeMetadata = {};
  const empty: string[] = [];
  for (const [key, value] of Object.entries(cleanMetadata(metadata))) {
    if (isTaken(key)) continue;
    // What the metadata has under these names is not what filters mean.
    if (key === "source" || key === "page") continue;
    if (!Array.isArray(value)) fields[key] = value;
    else if (value.length) fields[listOf(key)] = [...value];
    else empty.push(emptyOf(key));
  }
  fields.source = source;
  if (page !== undefined) fields.page = page;
  return {
    ...fields,
    [keys]: [keys, ...Object.keys(fields), ...empty],
    "polycall:place": index,
    "polycall:chunk": body,
  };
}

export const pineconeLanguage: FilterLanguage<PineconeFilter> = {
  all: ($and) => ({ $and }),
  any: ($or) => ({ $or }),
  never: () => ({ "polycall:place": { $lt: 0 } }),
  test,
};

/** What is found is looked at again, so `exact` is false: nobody has told us where Pinecone bends a type. */
function test(test: Test): Compiled<PineconeFilter> {
  const key = cleanText(test.key);
  if (isTaken(key)) return { exact: false };
  return { part: say(key, test), exact: false };
}

function say(key: string, test: Test): PineconeFilter | undefined {
  switch (test.op) {
    case "in":
      return test.not ? lacks(key, isNone(key, test.values)) : isOne(key, test.values);
    case "contains": {
      const values = [cleanText(test.value)];
      const list = listOf(key);
      return test.not ? lacks(list, { [list]: { $nin: values } }) : { [list]: { $in: values } };
    }
    case "exists":
      return { [keys]: { [test.not ? "$nin" : "$in"]: [key, listOf(key), emptyOf(key)] } };
  }
  // Texts have no order in Pinecone.
  if (test.not || typeof test.value === "string") return undefined;
  return { [key]: { [`$${test.op}`]: test.value } };
}

const lacks = (key: string, otherwise: PineconeFilter): PineconeFilter => ({
  $or: [{ [keys]: { $nin: [key] } }, otherwise],
});

/** Lists of values hold texts and numbers alone. */
function parted(values: readonly FilterValue[]) {
  const listed = values.filter((value) => typeof value !== "boolean");
  return {
    listed: listed.map((value) => (typeof value === "string" ? cleanText(value) : value)),
    truths: values.filter((value) => typeof value === "boolean"),
  };
}

function isOne(key: string, values: readonly FilterValue[]): PineconeFilter {
  const { listed, truths } = parted(values);
  const parts: PineconeFilter[] = truths.map((truth) => ({ [key]: { $eq: truth } }));
  if (listed.length) parts.push({ [key]: { $in: listed } });
  return parts.length === 1 ? parts[0]! : { $or: parts };
}

function isNone(key: string, values: readonly FilterValue[]): PineconeFilter {
  const { listed, truths } = parted(values);
  const parts: PineconeFilter[] = truths.map((truth) => ({ [key]: { $ne: truth } }));
  if (listed.length) parts.push({ [key]: { $nin: listed } });
  return parts.length === 1 ? parts[0]! : { $and: parts };
}
