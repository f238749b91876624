/**
 * Filters as LanceDB's SQL. A table has fixed columns and metadata any keys, so that what metadata says is
 * kept as a list of texts, its facets; equality is looked up there, and an order of values is not said.
 */
import type { Metadata } from "../chunk.ts";
import { cleanMetadata, cleanText } from "./encoded.ts";
import type { FilterLanguage, Test } from "./filter.ts";
import { joinedBy, type SqlPart, signs } from "./sql.ts";
import type { FilterValue } from "./store.ts";

const facet = (key: string, value?: FilterValue | [string]) =>
  JSON.stringify(value === undefined ? [key] : [key, value]);

/** What {@link lanceLanguage} looks up. */
export function lanceFacets(metadata: Metadata): string[] {
  return Object.entries(cleanMetadata(metadata)).flatMap(([key, value]) => [
    facet(key),
    ...(Array.isArray(value) ? value.map((item) => facet(key, [item])) : [facet(key, value)]),
  ]);
}

/** A text in SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const part = (sql: string): SqlPart => ({ sql, values: [] });
const join = (word: string) => (parts: string[]) => joinedBy(word)(parts.map(part)).sql;

export const lanceLanguage: FilterLanguage<string> = {
  all: join("and"),
  any: join("or"),
  never: () => "false",
  test(test) {
    const said = test.key === "source" || test.key === "page" ? ofColumn(test) : ofFacets(test);
    if (said === undefined) return { exact: false };
    return { part: test.not ? `(not ${said})` : said, exact: true };
  },
};

function ofFacets(test: Test): string | undefined {
  const key = cleanText(test.key);
  const has = (facets: string[]) =>
    join("or")(facets.map((one) => `array_has(facets, ${quoted(one)})`));
  switch (test.op) {
    case "in":
      return has(
        test.values.map((value) =>
          facet(key, typeof value === "string" ? cleanText(value) : value),
        ),
      );
    case "contains":
      return has([facet(key, [cleanText(test.value)])]);
    case "exists":
      return has([facet(key)]);
    default:
      return undefined;
  }
}

function ofColumn(test: Test): string {
  const type = test.key === "source" ? "string" : "number";
  const literal = (value: FilterValue) =>
    typeof value === "string" ? quoted(value) : String(value);
  switch (test.op) {
    case "in": {
      const values = test.values.filter((value) => typeof value === type).map(literal);
      if (values.length === 0) return "false";
      return `coalesce(${test.key} in (${values.join(", ")}), false)`;
    }
    case "contains":
      return "false";
    case "exists":
      return `(${test.key} is not null)`;
  }
  if (typeof test.value !== type) return "false";
  return `coalesce(${test.key} ${signs[test.op]} ${literal(test.value)}, false)`;
}
