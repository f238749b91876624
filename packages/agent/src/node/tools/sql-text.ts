/** What a piece of SQL is, as far as it shows without a database: one statement that reads. Pure. */
import { ToolRefusal } from "./ready.ts";

export type SqlDialect = "sqlite" | "postgres";

export interface ReadStatement {
  /** The statement without the semicolon at its end. */
  text: string;
  /** The names that are called, as the database reads them: lower case unless quoted. */
  functions: string[];
}

interface Token {
  kind: "word" | "quoted" | "sign";
  text: string;
  at: number;
}

const first: Record<SqlDialect, readonly string[]> = {
  sqlite: ["select", "with", "values", "explain"],
  postgres: ["select", "with", "values", "table"],
};

/**
 * A first look, and words that the model can use. What it lets through is still read-only: the database is opened
 * so, and asked so.
 * @throws ToolRefusal for no statement, more than one, or one that does not read
 */
export function readStatement(sql: string, dialect: SqlDialect): ReadStatement {
  if (sql.includes("\0")) throw new ToolRefusal("SQL has no null character.");
  const tokens = [...tokensOf(sql, dialect)];
  const end = tokens.findIndex(({ text }) => text === ";");
  const statement = end < 0 ? tokens : tokens.slice(0, end);
  if (end >= 0 && tokens.slice(end).some(({ text }) => text !== ";"))
    throw new ToolRefusal("One statement at a time: there is another after the semicolon.");
  const begin = statement.find(({ text }) => text !== "(");
  if (!begin) throw new ToolRefusal("There is no statement.");
  if (begin.kind !== "word" || !first[dialect].includes(begin.text))
    throw new ToolRefusal(
      `Only reading is allowed: begin with ${first[dialect].join(", ").toUpperCase()}, not ${begin.text.slice(0, 30).toUpperCase()}.`,
    );
  let depth = 0;
  for (const { text } of statement) {
    depth += text === "(" ? 1 : text === ")" ? -1 : 0;
    if (depth < 0) break;
  }
  if (depth !== 0) throw new ToolRefusal("The brackets do not match.");
  const functions = statement
    .filter(({ kind }, at) => kind !== "sign" && statement[at + 1]?.text === "(")
    .map(({ text }) => text);
  return { text: end < 0 ? sql : sql.slice(0, tokens[end]!.at), functions };
}

function* tokensOf(sql: string, dialect: SqlDialect): Generator<Token> {
  const postgres = dialect === "postgres";
  let at = 0;
  const upTo = (end: string, from: number): number => {
    const found = sql.indexOf(end, from);
    if (found < 0)
      throw new ToolRefusal(`Something is begun and not ended at character ${at + 1}.`);
    return found + end.length;
  };
  /** A quoted piece ends at its mark, unless the mark stands there twice or is escaped. */
  const quoted = (mark: string, from: number, escapes: boolean): number => {
    let here = from;
    while (here < sql.length) {
      if (escapes && sql[here] === "\\") here += 2;
      else if (sql[here] !== mark) here++;
      else if (sql[here + 1] === mark) here += 2;
      else return here + 1;
    }
    throw new ToolRefusal(`A quote is opened and not closed at character ${at + 1}.`);
  };
  const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
  const number = /\d[\w.]*|\.\d[\w.]*/y;
  const dollar = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
  const matches = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  while (at < sql.length) {
    const one = sql[at]!;
    const two = sql.slice(at, at + 2);
    if (/\s/.test(one)) at++;
    else if (two === "--") {
      const end = sql.slice(at).search(/[\r\n]/);
      at = end < 0 ? sql.length : at + end;
    } else if (two === "/*") at = commentEnd(sql, at, postgres, upTo);
    else if (one === "'") at = quoted("'", at + 1, false);
    else if (postgres && /^e'/i.test(two)) at = quoted("'", at + 2, true);
    else if (postgres && /^u&['"]/i.test(sql.slice(at, at + 3)))
      throw new ToolRefusal(
        "U&\"…\" and U&'…' are not read here. Write the characters themselves.",
      );
    else if (one === '"' || (!postgres && one === "`")) {
      const end = quoted(one, at + 1, false);
      yield { kind: "quoted", text: sql.slice(at + 1, end - 1).replaceAll(one + one, one), at };
      at = end;
    } else if (!postgres && one === "[") {
      const end = upTo("]", at);
      yield { kind: "quoted", text: sql.slice(at + 1, end - 1), at };
      at = end;
    } else if (postgres && matches(dollar)) {
      const tag = matches(dollar)!;
      at = upTo(tag, at + tag.length);
    } else {
      const name = matches(word);
      const text = name ?? matches(number) ?? one;
      yield { kind: name ? "word" : "sign", text: text.toLowerCase(), at };
      at += text.length;
    }
  }
}

/** Postgres' comments nest. SQLite's may end with the text. */
function commentEnd(
  sql: string,
  at: number,
  nested: boolean,
  upTo: (end: string, from: number) => number,
): number {
  if (!nested) return sql.includes("*/", at + 2) ? upTo("*/", at + 2) : sql.length;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at + 2;
  for (let depth = 1; depth > 0; ) {
    const found = mark.exec(sql);
    if (!found) throw new ToolRefusal("A comment is begun and not ended.");
    depth += found[0] === "/*" ? 1 : -1;
  }
  return mark.lastIndex;
}
