/** What @polycall/agent/tools exports. */
export { calculatorTool } from "./calculator.ts";
export type { CodeResult, CodeToolOptions } from "./code.ts";
export { codeTool } from "./code.ts";
export type { FetchToolOptions } from "./fetch.ts";
export { fetchTool } from "./fetch.ts";
export type { FileToolsOptions } from "./files.ts";
export { fileTools } from "./files.ts";
export type { GuardedFetchOptions, GuardOptions } from "./guarded-fetch.ts";
export { guardedFetch } from "./guarded-fetch.ts";
export type { PostgresClient, PostgresPool } from "./postgres.ts";
export { ToolRefusal } from "./ready.ts";
export type { SqlToolsOptions } from "./sql.ts";
export { sqlTools } from "./sql.ts";
export type { SqliteDatabase } from "./sqlite.ts";
