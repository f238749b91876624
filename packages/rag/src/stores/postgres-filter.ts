/** Filters as SQL over the tables of the PostgreSQL store. Values are parameters, never written into it. */
import { cleanText } from "./encoded.ts";
import { type Condition, compile, type FilterLanguage, type Test } from "./filter.ts";
import { joinedBy, nothing, type SqlPart, signs } from "./sql.ts";
import type { FilterValue } from "./store.ts";

/** True of the row where the condition is. */
export function postgresFilter(condition: Condition): SqlPart {
  return compile(condition, language).part ?? { sql: "true", values: [] };
}

const language: FilterLanguage<SqlPart> = {
  all: joinedBy("and"),
  any: joinedBy("or"),
  never: () => nothing,
  test(test) {
    const { sql, values } =
      test.key === "source" || test.key === "page" ? ofColumn(test) : ofMetadata(test);
    const part = { sql: `${test.not ? "not " : ""}coalesce(${sql}, false)`, values };
    return { part, exact: true };
  },
};

const clean = (value: FilterValue) => (typeof value === "string" ? cleanText(value) : value);

/** Null where the key is missing or has another type. */
function ofMetadata(test: Test): SqlPart {
  const key = cleanText(test.key);
  switch (test.op) {
    case "in": {
      const kinds = test.values.map((value) => JSON.stringify({ [key]: clean(value) }));
      return { sql: "metadata @> any(?::jsonb[])", values: [kinds] };
    }
    case "contains": {
      const holding = JSON.stringify({ [key]: [clean(test.value)] });
      return { sql: "metadata @> ?::jsonb", values: [holding] };
    }
    case "exists":
      return { sql: "jsonb_exists(metadata, ?)", values: [key] };
  }
  const [type, cast] =
    typeof test.value === "number" ? ["number", "numeric"] : ["string", 'text collate "C"'];
  return {
    sql: `case jsonb_typeof(metadata -> ?) when '${type}' then
      (metadata ->> ?)::${cast} ${signs[test.op]} ?::${cast} end`,
    values: [key, key, clean(test.value)],
  };
}

/** Null where there is none. */
function ofColumn(test: Test): SqlPart {
  const [type, cast] = test.key === "source" ? ["string", "text"] : ["number", "float8"];
  switch (test.op) {
    case "in": {
      const values = test.values.filter((value) => typeof value === type).map(clean);
      return { sql: `${test.key} = any(?::${cast}[])`, values: [values] };
    }
    case "contains":
      return nothing;
    case "exists":
      return { sql: `${test.key} is not null`, values: [] };
  }
  if (typeof test.value !== type) return nothing;
  return { sql: `${test.key} ${signs[test.op]} ?::${cast}`, values: [clean(test.value)] };
}
