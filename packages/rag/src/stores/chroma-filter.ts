/** Filters as Chroma's `where`, and the metadata that they are evaluated on. Checked against Chroma 1.0.0. */
import { cleanMetadata, cleanText } from "./encoded.ts";
import type { Compiled, FilterLanguage, Test } from "./filter.ts";
import type { FilterValue, StoredChunk } from "./store.ts";

export type ChromaWhere = { [key: string]: unknown };

/** Chroma keeps no lists here: each item of one is a key of its own, which is true. */
const itemKey = (key: string, item: string) => `${key}\u001f${item}`;

/** Chroma's own names, and those that it takes for words of its language. */
const isTaken = (key: string) => key === "" || /^([$#]|chroma:|polycall:)/.test(key);

/** The metadata of a record. */
export function chromaFields(
  { source, page, index, metadata }: StoredChunk,
  body: string,
): Record<string, FilterValue> {
  const fields: Record<string, FilterValue> = {};
  for (const [key, value] of Object.entries(cleanMetadata(metadata))) {
    if (isTaken(key)) continue;
    if (!Array.isArray(value)) fields[key] = value;
    else for (const item of value) fields[itemKey(key, item)] = true;
  }
  // A key of the metadata that is named so is not what filters mean.
  delete fields.page;
  if (page !== undefined) fields.page = page;
  return { ...fields, source, "polycall:place": index, "polycall:chunk": body };
}

const joined = (word: string) => (parts: ChromaWhere[]) =>
  parts.length === 1 ? parts[0]! : { [word]: parts };
const all = joined("$and");
const any = joined("$or");

export const chromaLanguage: FilterLanguage<ChromaWhere> = {
  all,
  any,
  never: () => ({ "polycall:place": -1 }),
  test,
};

/** Chroma keeps whole numbers and others apart; whatever it finds is looked at again, so `exact` is false. */
function test(test: Test): Compiled<ChromaWhere> {
  const key = cleanText(test.key);
  if (isTaken(key)) return { exact: false };
  switch (test.op) {
    case "in":
      return { part: test.not ? isNone(key, test.values) : isOne(key, test.values), exact: false };
    case "contains": {
      const item = itemKey(key, cleanText(test.value));
      return { part: { [item]: test.not ? { $ne: true } : true }, exact: false };
    }
    case "exists":
      return { exact: false };
  }
  if (test.not || typeof test.value === "string") return { exact: false };
  const { op, value } = test;
  // A whole number is compared with 1.7 by its nearest whole number.
  const rounded = op === "gt" || op === "gte" ? Math.ceil(value) : Math.floor(value);
  const whole = op === "gt" || op === "gte" ? "$gte" : "$lte";
  const parts = [{ [key]: { [`$${op}`]: value } }];
  if (rounded !== value) parts.push({ [key]: { [whole]: rounded } });
  return { part: any(parts), exact: false };
}

const wholeLimit = Number.MAX_SAFE_INTEGER;
const isWhole = (value: FilterValue) =>
  typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= wholeLimit;

function isOne(key: string, values: readonly FilterValue[]): ChromaWhere | undefined {
  return any(
    values.map((value) => ({ [key]: typeof value === "string" ? cleanText(value) : value })),
  );
}

/** Of a fraction it cannot be said: 1.5 is found where 1 is. */
function isNone(key: string, values: readonly FilterValue[]): ChromaWhere | undefined {
  const sure = values.filter((value) => typeof value !== "number" || isWhole(value));
  if (sure.length === 0) return undefined;
  return all(
    sure.map((value) => ({ [key]: { $ne: typeof value === "string" ? cleanText(value) : value } })),
  );
}
