/** A graph's records in one SQLite file. */
import type { GraphRecords } from "../graph/records.ts";
import { SqliteFile } from "./sqlite-file.ts";

const schema = `
  create table if not exists graph_records (
    kind text not null, key text not null, value text not null, primary key (kind, key)
  ) strict, without rowid;
`;

export function graphFile(path: string): GraphRecords {
  const file = new SqliteFile({ path, busyTimeout: 10_000, schema });
  return {
    all: (kind) =>
      file.read("read its graph", (sql) => {
        const rows = sql.all("select key, value from graph_records where kind = ?", kind);
        return new Map(rows.map(([key, value]) => [String(key), String(value)]));
      }),
    write: ({ kind, put = new Map(), remove = [] }) =>
      file.write("keep its graph", (sql) => {
        for (const key of remove) {
          sql.run("delete from graph_records where kind = ? and key = ?", kind, key);
        }
        for (const [key, value] of put) {
          sql.run("insert or replace into graph_records values (?, ?, ?)", kind, key, value);
        }
      }),
    close: () => file.close(),
  };
}
