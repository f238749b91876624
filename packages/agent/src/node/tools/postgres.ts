/** Reads a Postgres database: in a transaction that cannot write, without functions that do something. */
import { within } from "./isolate.ts";
import { ToolRefusal } from "./ready.ts";
import type { Cell, Rows, SqlEngine, SqlLimits } from "./sql-rows.ts";
import { readStatement } from "./sql-text.ts";

/** What is used of a `pg` Pool. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

export interface PostgresClient {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; fields: { name: string }[] }>;
  /** true: closes the connection instead of giving it back. */
  release(destroy?: boolean): void;
}

const schema = `
  SELECT table_schema || '.' || table_name, column_name,
    data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
  FROM information_schema.columns
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
  ORDER BY table_schema, table_name, ordinal_position`;

/** Volatile, and yet they do nothing but give another value each time. */
const harmless = [
  "clock_timestamp",
  "gen_random_uuid",
  "random",
  "random_normal",
  "timeofday",
  "uuidv4",
  "uuidv7",
];
/** Not volatile by their own word, and yet they run SQL that is in a text, where nobody looks for functions. */
const runners = ["connectby", "crosstab", "crosstab2", "crosstab3", "crosstab4", "xpath_table"];

export function postgresEngine(pool: PostgresPool, functions: readonly string[]): SqlEngine {
  const allowed = [...harmless, ...functions];
  return {
    dialect: "postgres",
    schema,
    query: async (sql, limits, signal) => {
      signal?.throwIfAborted();
      const client = await pool.connect();
      // Whatever goes wrong, a connection in an unknown state is not given back.
      let clean = false;
      try {
        const late = () => new ToolRefusal(`The query ran longer than ${limits.timeout} ms.`);
        const answer = read(client, sql, limits, allowed).then(
          (rows) => ({ rows }),
          (error: unknown) => ({ error }),
        );
        const given = await within(answer, { ms: limits.timeout + 5000, late, signal });
        await within(client.query("ROLLBACK"), { ms: 5000, late, signal });
        clean = true;
        if ("rows" in given) return given.rows;
        throw told(given.error, limits);
      } finally {
        client.release(!clean);
      }
    },
  };
}

async function read(
  client: PostgresClient,
  sql: string,
  { maxRows, maxBytes, timeout }: SqlLimits,
  allowed: readonly string[],
): Promise<Rows> {
  const { text, functions } = readStatement(sql, "postgres");
  // A setting made here ends with the transaction, which is always rolled back.
  await client.query(
    `BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(timeout)}; ` +
      `SET LOCAL lock_timeout = ${Math.ceil(timeout)}; SET LOCAL standard_conforming_strings = on`,
  );
  await refuseDoers(client, functions, allowed);
  // Inside brackets nothing but a query is grammar; with values, more than one statement is none.
  const described = await client.query(`SELECT * FROM (\n${text}\n) AS q LIMIT $1`, [0]);
  const columns = described.fields.map(({ name }) => name);
  if (columns.length === 0) return { columns, rows: [] };
  // Columns by place, since two may have one name. A row too long for the model does not travel either.
  const { rows: found } = await client.query(
    `SELECT CASE WHEN octet_length(j) <= $2 THEN j END AS j FROM (
       SELECT row_to_json(ROW(q.*))::text AS j FROM (\n${text}\n) AS q LIMIT $1
     ) AS r`,
    [maxRows + 1, maxBytes],
  );
  const rows: Cell[][] = [];
  let bytes = 0;
  for (const { j } of found) {
    if (rows.length === maxRows)
      return { columns, rows, truncated: `only the first ${maxRows} rows` };
    bytes += j === null ? Infinity : Buffer.byteLength(String(j));
    if (bytes > maxBytes)
      return { columns, rows, truncated: `only the first ${maxBytes} bytes of rows` };
    rows.push(Object.values(JSON.parse(String(j), exactly) as Record<string, Cell>));
  }
  return { columns, rows };
}

/**
 * A transaction that cannot write does not keep a function from ending other sessions, reading the server's
 * files or taking locks. Postgres knows which functions do something: those it calls volatile.
 */
async function refuseDoers(
  client: PostgresClient,
  called: readonly string[],
  allowed: readonly string[],
): Promise<void> {
  // Postgres cuts a name off there, so what it would call is another one.
  const long = called.find((name) => Buffer.byteLength(name) > 63);
  if (long) throw new ToolRefusal(`There is no function ${long.slice(0, 100)}.`);
  const names = called.filter((name) => !allowed.includes(name));
  const { rows } = await client.query(
    "SELECT proname::text AS name FROM pg_catalog.pg_proc WHERE proname::text = ANY($1::text[]) AND provolatile = 'v'",
    [names],
  );
  const doer = rows[0]?.name ?? names.find((name) => runners.includes(name));
  if (doer !== undefined)
    throw new ToolRefusal(`The function ${doer} is not allowed: it may do more than read.`);
}

/** A number that a double does not hold stays text. */
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const { source } = context ?? {};
  if (typeof value !== "number" || source === undefined) return value;
  return Number.isSafeInteger(value) || String(value) === source || !/\d{16}/.test(source)
    ? value
    : source;
}

function told(error: unknown, { timeout }: SqlLimits): unknown {
  if (error instanceof ToolRefusal) return error;
  const { code, message } = error as { code?: string; message: string };
  if (code === "57014")
    return new ToolRefusal(
      `The query ran longer than ${timeout} ms and was stopped. Ask for less.`,
    );
  if (code === "25006") return new ToolRefusal(`Only reading is allowed: ${message}.`);
  // A code of five characters is Postgres' own word for what is wrong with the query.
  return code?.length === 5 ? new ToolRefusal(`Postgres: ${message}`, { cause: error }) : error;
}
