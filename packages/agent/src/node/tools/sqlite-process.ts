/** What runs in the process of one SQLite query. Stands on its own: see isolate.ts. */
import type { Rows, SqlLimits } from "./sql-rows.ts";

export interface SqliteJob extends SqlLimits {
  /** A file, or the image of a database that is in memory. */
  database: string | Uint8Array;
  sql: string;
}

export type SqliteAnswer = { ready: true } | { rows: Rows } | { refused: string };

export function runInProcess(require: NodeJS.Require): void {
  const sqlite: typeof import("node:sqlite") = require("node:sqlite");
  const threads: typeof import("node:worker_threads") = require("node:worker_threads");
  /** PRAGMAs that only tell: `pragma_table_info(…)` in a query is one, too. */
  const telling = [
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "foreign_key_list",
  ];
  const memoryBytes = 600_000_000;
  const denied = ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"];
  const say = (answer: SqliteAnswer) => process.send!(answer);

  process.once("message", (job: SqliteJob) => {
    // SQLite in the middle of a query listens to nothing, and this build keeps to no limit of memory. The program
    // that asked may be gone, so a thread beside it looks at the clock and at the memory.
    const guard = `
      const end = Date.now() + ${job.timeout + 1000};
      setInterval(() => {
        if (Date.now() > end || process.memoryUsage.rss() > ${memoryBytes}) process.kill(process.pid, "SIGKILL");
      }, 20)`;
    const watch = new threads.Worker(guard, { eval: true });
    watch.once("online", () => {
      say({ ready: true });
      let answer: SqliteAnswer;
      try {
        answer = { rows: read(job) };
      } catch (error) {
        answer = { refused: (error as Error).message };
      }
      say(answer);
      // It stays until it is killed: an end of its own could overtake its answer.
      process.once("disconnect", () => process.exit());
    });
  });

  function read({ database, sql, maxRows, maxBytes }: SqliteJob): Rows {
    const file = typeof database === "string";
    const db = new sqlite.DatabaseSync(file ? database : ":memory:", {
      readOnly: file,
      allowExtension: false,
      timeout: 1000,
      // Where this Node has it: a value is no larger than that, and nothing is attached.
      limits: { length: 20_000_000, attach: 0 },
    });
    if (!file) db.deserialize(database);
    // What it sorts is in memory, where it is counted, and not on the disk.
    db.exec("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON");
    authorize(db);
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const columns = statement.columns().map(({ name }) => name);
    const rows: Rows["rows"] = [];
    let bytes = 0;
    for (const row of statement.iterate() as Iterable<unknown>) {
      if (rows.length === maxRows)
        return { columns, rows, truncated: `only the first ${maxRows} rows` };
      const cells = (row as unknown[]).map((cell) => written(cell, maxBytes));
      bytes += Buffer.byteLength(JSON.stringify(cells));
      if (bytes > maxBytes)
        return { columns, rows, truncated: `only the first ${maxBytes} bytes of rows` };
      rows.push(cells);
    }
    return { columns, rows };
  }

  /** Where this Node has it (24.10): SQLite itself asks about each thing that a statement would do. */
  function authorize(db: import("node:sqlite").DatabaseSync): void {
    const { SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_FUNCTION, SQLITE_PRAGMA } =
      sqlite.constants;
    const { SQLITE_OK, SQLITE_DENY } = sqlite.constants;
    db.setAuthorizer?.((action, argument, name) => {
      if (action === SQLITE_SELECT || action === SQLITE_READ || action === SQLITE_RECURSIVE)
        return SQLITE_OK;
      if (action === SQLITE_FUNCTION)
        return denied.includes(String(name).toLowerCase()) ? SQLITE_DENY : SQLITE_OK;
      if (action === SQLITE_PRAGMA)
        return telling.includes(String(argument).toLowerCase()) ? SQLITE_OK : SQLITE_DENY;
      return SQLITE_DENY;
    });
  }

  /** As JSON can have it, without a loss that does not show. */
  function written(cell: unknown, maxBytes: number): Rows["rows"][number][number] {
    if (typeof cell === "bigint") {
      const number = Number(cell);
      return Number.isSafeInteger(number) ? number : String(cell);
    }
    if (typeof cell === "number") return Number.isFinite(cell) ? cell : String(cell);
    if (cell instanceof Uint8Array) {
      const hex = Buffer.from(cell.subarray(0, 64)).toString("hex");
      return `x'${hex}${cell.length > 64 ? "…" : ""}' (${cell.length} bytes)`;
    }
    const longest = Math.max(100, Math.floor(maxBytes / 10));
    if (typeof cell === "string" && cell.length > longest)
      return `${cell.slice(0, longest)}… (${cell.length} characters)`;
    return cell as string | null;
  }
}
