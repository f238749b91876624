/** What a query gives, and how much of it. */

export type Cell = string | number | boolean | null | object;

export interface Rows {
  columns: string[];
  rows: Cell[][];
  /** Why these are not all. */
  truncated?: string;
}

export interface SqlLimits {
  maxRows: number;
  maxBytes: number;
  /** ms */
  timeout: number;
}

export interface SqlEngine {
  dialect: "sqlite" | "postgres";
  /** A statement that reads the tables' columns: table, column, type. */
  schema: string;
  /** @throws ToolRefusal with the database's words for what it refuses, and when the time is up */
  query(sql: string, limits: SqlLimits, signal: AbortSignal | undefined): Promise<Rows>;
}
