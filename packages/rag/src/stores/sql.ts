/** Pieces of SQL that carry the values of their question marks. */
export interface SqlPart {
  sql: string;
  values: readonly unknown[];
}

/** @param word what stands between them: "and" or "or" */
export const joinedBy = (word: string) => (parts: readonly SqlPart[]) => ({
  sql: `(${parts.map(({ sql }) => sql).join(` ${word} `)})`,
  values: parts.flatMap(({ values }) => values),
});

export const signs = { gt: ">", gte: ">=", lt: "<", lte: "<=" };

/** What holds for nothing. */
export const nothing: SqlPart = { sql: "false", values: [] };
