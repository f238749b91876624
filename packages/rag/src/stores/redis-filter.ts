/** Filters as expressions of Redis's vector sets, and the attributes that they are evaluated on. Tried on Redis 8.0.2. */
import { cleanMetadata, cleanText } from "./encoded.ts";
import type { FilterLanguage, Test } from "./filter.ts";
import type { FilterValue, StoredChunk } from "./store.ts";

export interface RedisExpression {
  text: string;
  /** It asks for a field that may be missing, and then Redis lets nothing pass, whatever else is said. */
  strict: boolean;
}

/**
 * What can be said of a chunk, as a list of facts, which is never missing. The expressions know no escapes,
 * so that a fact is written without quotes and backslashes.
 */
const fact = (kind: "equals" | "holds" | "has", key: string, value: FilterValue = "") =>
  [kind, key, typeof value, String(value)].map(encodeURIComponent).join(":");

/** The names of fields are letters and digits. */
const numberOf = (key: string) =>
  `n${Array.from(new TextEncoder().encode(key), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;

/** As JSON. */
export function redisAttributes({ source, page, metadata }: StoredChunk): string {
  const facts: string[] = [];
  const numbers: Record<string, number> = {};
  const own = { source, ...(page !== undefined && { page }) };
  const { source: _, page: __, ...rest } = cleanMetadata(metadata);
  for (const [key, value] of Object.entries({ ...rest, ...own })) {
    facts.push(fact("has", key));
    if (Array.isArray(value)) facts.push(...value.map((item) => fact("holds", key, item)));
    else facts.push(fact("equals", key, value));
    if (typeof value === "number") numbers[numberOf(key)] = value;
  }
  return JSON.stringify({ facts, ...numbers });
}

const expression = (text: string, strict = false): RedisExpression => ({ text, strict });
const joined = (word: string, parts: readonly RedisExpression[]) =>
  expression(
    `(${parts.map(({ text }) => text).join(` ${word} `)})`,
    parts.some(({ strict }) => strict),
  );
const hasOne = (facts: readonly string[]) =>
  joined(
    "or",
    facts.map((one) => expression(`("${one}" in .facts)`)),
  );

export const redisLanguage: FilterLanguage<RedisExpression> = {
  all: (parts) => joined("and", parts),
  any: (parts) =>
    parts.some(({ strict }) => strict) ? expression("(1 == 1)") : joined("or", parts),
  never: () => expression("(1 == 0)"),
  test(test) {
    const facts = factsOf(test);
    if (facts) {
      const part = hasOne(facts);
      return { part: test.not ? expression(`(not ${part.text})`) : part, exact: true };
    }
    return { part: orderOf(test), exact: false };
  },
};

/** A test holds where one of these is a fact. */
function factsOf(test: Test): string[] | undefined {
  const key = cleanText(test.key);
  const clean = (value: FilterValue) => (typeof value === "string" ? cleanText(value) : value);
  switch (test.op) {
    case "in":
      return test.values.map((value) => fact("equals", key, clean(value)));
    case "contains":
      return [fact("holds", key, cleanText(test.value))];
    case "exists":
      return [fact("has", key)];
  }
  return undefined;
}

const signs = { gt: ">", gte: ">=", lt: "<", lte: "<=" };

/** Numbers alone have an order, and those are not read that are written with an exponent. */
function orderOf(test: Test): RedisExpression | undefined {
  if (test.not || !("value" in test) || test.op === "contains") return undefined;
  const { key, op, value } = test;
  if (typeof value !== "number" || !/^-?\d+(\.\d+)?$/.test(String(value))) return undefined;
  return expression(`(.${numberOf(cleanText(key))} ${signs[op]} ${value})`, true);
}
