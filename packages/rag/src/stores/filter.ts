/** The small language of filters: read once, told what is wrong in it, and evaluated. */
import type { Metadata } from "../chunk.ts";
import { FilterError } from "./errors.ts";
import type { Filter, FilterValue, StoredChunk } from "./store.ts";

/** One test of one key. */
export type Test = { key: string; not: boolean } & (
  | { op: "in"; values: readonly FilterValue[] }
  | { op: "gt" | "gte" | "lt" | "lte"; value: number | string }
  | { op: "contains"; value: string }
  | { op: "exists" }
);

/** A filter as all stores are given it: `$not` stands at the tests alone, and all sugar is gone. */
export type Condition = Test | { all: readonly Condition[] } | { any: readonly Condition[] };

/** What a filter is evaluated on. */
export type Filtered = Pick<StoredChunk, "source" | "page"> & { metadata: Metadata };

const maxDepth = 64;

/**
 * Reads a filter.
 * @throws FilterError naming the place in it
 */
export function readFilter(filter: Filter): Condition {
  return readGroup(filter, "filter", false, 0);
}

function readGroup(filter: unknown, at: string, not: boolean, depth: number): Condition {
  if (!isObject(filter)) throw new FilterError(`${at} is no filter but ${show(filter)}.`);
  if (depth > maxDepth) throw new FilterError(`${at} is nested more than ${maxDepth} deep.`);
  const parts = Object.entries(filter).map(([key, value]): Condition => {
    const place = `${at}.${key}`;
    if (value === undefined)
      throw new FilterError(
        `${place} is undefined. Leave the key out where nothing is asked of it.`,
      );
    if (key === "$not") return readGroup(value, place, !not, depth + 1);
    if (key === "$and" || key === "$or") {
      if (!Array.isArray(value)) throw new FilterError(`${place} is no list of filters.`);
      const inner = value.map((one, i) => readGroup(one, `${place}[${i}]`, not, depth + 1));
      return (key === "$and") !== not ? { all: inner } : { any: inner };
    }
    if (key.startsWith("$"))
      throw new FilterError(
        `${place}: there is no ${key}; filters are joined by $and, $or and $not.`,
      );
    return readTests(key, value, place, not);
  });
  return joined(parts, not);
}

/** All of what stands in one object must hold; of a negated one, any must not. */
function joined(parts: Condition[], not: boolean): Condition {
  if (parts.length === 1) return parts[0]!;
  return not ? { any: parts } : { all: parts };
}

function readTests(key: string, tests: unknown, at: string, not: boolean): Condition {
  if (isValue(tests)) return { key, op: "in", values: [tests], not };
  if (!isObject(tests)) throw new FilterError(`${at} is ${show(tests)}, no value and no test.`);
  const entries = Object.entries(tests);
  if (entries.length === 0) throw new FilterError(`${at} tests nothing.`);
  return joined(
    entries.map(([op, value]) => readTest(key, op, value, `${at}.${op}`, not)),
    not,
  );
}

function readTest(key: string, op: string, value: unknown, at: string, not: boolean): Condition {
  switch (op) {
    case "$eq":
    case "$ne":
      if (!isValue(value))
        throw new FilterError(`${at} is ${show(value)}, no text, number or boolean.`);
      return { key, op: "in", values: [value], not: (op === "$ne") !== not };
    case "$in":
    case "$nin":
      if (!Array.isArray(value) || !value.every(isValue))
        throw new FilterError(`${at} is no list of texts, numbers and booleans.`);
      return { key, op: "in", values: [...new Set(value)], not: (op === "$nin") !== not };
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      if (!isValue(value) || typeof value === "boolean")
        throw new FilterError(`${at} is ${show(value)}, no number or text.`);
      return { key, op: op.slice(1) as "gt", value, not };
    case "$contains":
      if (typeof value !== "string") throw new FilterError(`${at} is ${show(value)}, no text.`);
      return { key, op: "contains", value, not };
    case "$exists":
      if (typeof value !== "boolean")
        throw new FilterError(`${at} is ${show(value)}, not true or false.`);
      return { key, op: "exists", not: value === not };
    default:
      throw new FilterError(
        `${at}: there is no ${op}; the tests are $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $contains and $exists.`,
      );
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isValue = (value: unknown): value is FilterValue =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
const show = (value: unknown) =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));

/**
 * Whether a chunk passes a filter: what the compiled form in every store must give.
 * @throws FilterError
 */
export function matches(chunk: Filtered, filter: Filter): boolean {
  return holds(chunk, readFilter(filter));
}

/** {@link matches}, of a filter that is read already. */
export function holds(chunk: Filtered, condition: Condition): boolean {
  if ("all" in condition) return condition.all.every((one) => holds(chunk, one));
  if ("any" in condition) return condition.any.some((one) => holds(chunk, one));
  return passes(valueAt(chunk, condition.key), condition) !== condition.not;
}

function valueAt({ source, page, metadata }: Filtered, key: string): Metadata[string] | undefined {
  if (key === "source") return source;
  if (key === "page") return page;
  return Object.hasOwn(metadata, key) ? metadata[key] : undefined;
}

function passes(value: Metadata[string] | undefined, test: Test): boolean {
  switch (test.op) {
    case "in":
      return test.values.some((one) => one === value);
    case "contains":
      return Array.isArray(value) && value.includes(test.value);
    case "exists":
      return value !== undefined;
  }
  const order = compare(value, test.value);
  if (order === undefined) return false;
  if (order === 0) return test.op === "gte" || test.op === "lte";
  return order > 0 === (test.op === "gt" || test.op === "gte");
}

/** Negative, 0 or positive; undefined where two values have no order. */
function compare(a: unknown, b: number | string): number | undefined {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.codePointAt(i)!, b.codePointAt(i)!];
    if (x !== y) return x - y;
    if (x > 0xffff) i++;
  }
  return a.length - b.length;
}

/** How a store says conditions: `Part` is a piece of its own language. */
export interface FilterLanguage<Part> {
  all(parts: Part[]): Part;
  any(parts: Part[]): Part;
  /** What holds for nothing. */
  never(): Part;
  /** What it says may hold for more than the test does, never for less. */
  test(test: Test): Compiled<Part>;
}

export interface Compiled<Part> {
  /** Absent where nothing is left to ask. */
  part?: Part;
  /** False where it may let pass what the filter does not: `holds` tells. */
  exact: boolean;
}

/** A condition in a store's own language, as much of it as can be said there. */
export function compile<Part>(
  condition: Condition,
  language: FilterLanguage<Part>,
): Compiled<Part> {
  if ("all" in condition) {
    const inner = condition.all.map((one) => compile(one, language));
    const parts = inner.flatMap(({ part }) => (part === undefined ? [] : [part]));
    const exact = inner.every((one) => one.exact);
    if (parts.length < 2) return { part: parts[0], exact };
    return { part: language.all(parts), exact };
  }
  if ("any" in condition) {
    const inner = condition.any.map((one) => compile(one, language));
    const exact = inner.every((one) => one.exact);
    if (inner.length === 0) return { part: language.never(), exact };
    // One that lets all pass makes the others mute.
    const parts = inner.map(({ part }) => part);
    if (parts.some((part) => part === undefined)) return { exact };
    return { part: parts.length === 1 ? parts[0] : language.any(parts as Part[]), exact };
  }
  if (condition.op === "in" && condition.values.length === 0) {
    return condition.not ? { exact: true } : { part: language.never(), exact: true };
  }
  return language.test(condition);
}
