/** Filters as SQL for the tables of the SQLite store. Values are bound, never written into it. */
import { type Condition, compile, type FilterLanguage, type Test } from "../stores/filter.ts";
import { joinedBy, nothing, type SqlPart, signs } from "../stores/sql.ts";
import type { FilterValue } from "../stores/store.ts";

/** True of the chunk `c` where the condition is. */
export function sqlFilter(condition: Condition): SqlPart {
  return compile(condition, language).part ?? { sql: "true", values: [] };
}

const language: FilterLanguage<SqlPart> = {
  all: joinedBy("and"),
  any: joinedBy("or"),
  never: () => nothing,
  test: (test) => ({
    part: test.key === "source" || test.key === "page" ? ofColumn(test) : ofMetadata(test),
    exact: true,
  }),
};

/** Tests of what a chunk has in a column of its own, which may be null. */
function ofColumn(test: Test): SqlPart {
  const column = `c.${test.key}`;
  const type = test.key === "source" ? "string" : "number";
  const { sql, values } = columnTest(test, column, type);
  return { sql: test.not ? `not coalesce(${sql}, false)` : `coalesce(${sql}, false)`, values };
}

function columnTest(test: Test, column: string, type: "string" | "number"): SqlPart {
  switch (test.op) {
    case "in":
      return isIn(
        column,
        test.values.filter((value) => typeof value === type),
      );
    case "contains":
      return nothing;
    case "exists":
      return { sql: `${column} is not null`, values: [] };
    default:
      if (typeof test.value !== type) return nothing;
      return { sql: `${column} ${signs[test.op]} ?`, values: [test.value] };
  }
}

const isIn = (what: string, values: readonly FilterValue[]): SqlPart => ({
  sql: `${what} in (select value from json_each(?))`,
  values: [JSON.stringify(values)],
});

/**
 * Many chunks share their metadata, and each kind is kept once: the test asks those. Most keys are found by
 * a path; one that a path cannot hold is looked for among all.
 */
function ofMetadata(test: Test): SqlPart {
  const { sql, values } = valueTest(test);
  const path = `$."${test.key}"`;
  const kinds = /["\\\p{Cc}]/u.test(test.key)
    ? {
        sql: "select m.id, type as t, value as v from polycall_metadata m, json_each(m.json) where key = ?",
        values: [test.key],
      }
    : {
        sql: "select id, json_type(json, ?) as t, json_extract(json, ?) as v from polycall_metadata",
        values: [path, path],
      };
  return {
    sql: `c.metadata ${test.not ? "not in" : "in"} (select id from (${kinds.sql}) where ${sql})`,
    values: [...kinds.values, ...values],
  };
}

/** Of its type `t` and its value `v`, as SQLite's JSON functions tell them. */
function valueTest(test: Test): SqlPart {
  switch (test.op) {
    case "in": {
      const texts = test.values.filter((value) => typeof value === "string");
      const numbers = test.values.filter((value) => typeof value === "number");
      const truths = test.values.filter((value) => typeof value === "boolean");
      return joinedBy("or")([
        ...(texts.length ? [typed("t = 'text'", isIn("v", texts))] : []),
        ...(numbers.length ? [typed(isNumber, isIn("v", numbers))] : []),
        ...(truths.length ? [isIn("t", truths.map(String))] : []),
      ]);
    }
    case "contains":
      return {
        sql: "case t when 'array' then exists (select 1 from json_each(v) where value = ?) end",
        values: [test.value],
      };
    case "exists":
      return { sql: "t is not null", values: [] };
  }
  const sign = signs[test.op];
  return typeof test.value === "string"
    ? typed("t = 'text'", { sql: `v ${sign} ?`, values: [test.value] })
    : typed(isNumber, { sql: `v ${sign} ?`, values: [test.value] });
}

const isNumber = "t in ('integer', 'real')";
const typed = (type: string, { sql, values }: SqlPart): SqlPart => ({
  sql: `(${type} and ${sql})`,
  values,
});
