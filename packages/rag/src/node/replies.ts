/** A model's replies in one SQLite file. */
import type { FileReplies } from "../model/replies.ts";
import { SqliteFile } from "./sqlite-file.ts";

const schema = `
  create table if not exists replies (key text primary key, reply text not null) without rowid;
`;

export function fileReplies(path: string): FileReplies {
  const file = new SqliteFile({ path, busyTimeout: 10_000, schema });
  return {
    get: (key) =>
      file.read("read its replies", (sql) => {
        const row = sql.first("select reply from replies where key = ?", key);
        return row?.[0] as string | undefined;
      }),
    set: (key, reply) =>
      file.write("keep a reply", (sql) => {
        sql.run("insert or replace into replies values (?, ?)", key, reply);
      }),
    close: () => file.close(),
  };
}
