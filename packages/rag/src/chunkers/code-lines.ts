/** The lines of a program: how deep each stands, and where a declaration may begin. */

export interface Line {
  start: number;
  end: number;
  /** Open braces, or indentations, around it. */
  depth: number;
  /** Whether a piece may begin here, and how well: 0 is best. */
  rank: number | undefined;
  /** Whether it may say what the block below it is. */
  heads: boolean;
}

/** Languages whose blocks are told by indentation. */
const indented = new Set(["py", "pyi", "yaml", "yml", "coffee", "nim", "haml", "pug", "sass"]);
/** Languages whose comments begin with a number sign. */
const numberSign = new Set([
  "py",
  "pyi",
  "yaml",
  "yml",
  "coffee",
  "nim",
  "rb",
  "sh",
  "bash",
  "pl",
  "r",
  "php",
  "jl",
  "ex",
  "exs",
  "toml",
]);
/** Those whose blocks end with a word, so that braces tell nothing. */
const worded = new Set(["rb", "lua", "jl", "ex", "exs", "sh", "bash"]);

/** What goes on with the block before it. */
const goesOn =
  /^(?:[}\])]|end\b|else\b|elif\b|elsif\b|except\b|catch\b|finally\b|rescue\b|ensure\b|fi\b|done\b|esac\b|then\b|do\b|case\b|default\b)/;
/** What belongs to the declaration below it. */
const goesBefore = /^(?:\/\/|\/\*|\*|@|#\[|#|--|\[[A-Z]\w*)/;

/** @param language as the name of its files ends: "ts", "py" */
export function codeLines(text: string, language: string): Line[] {
  const byBraces = !indented.has(language) && !worded.has(language) && text.includes("{");
  const comment = numberSign.has(language) ? "#" : "//";
  const lines: Line[] = [];
  /** Indentations of the blocks that are open. */
  const columns: number[] = [];
  let braces = 0;
  /** What ends the string or comment that goes over lines. */
  let within: string | undefined;
  let blank = true;
  let attached = false;
  for (let start = 0, next: number; start < text.length; start = next) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    next = end + 1;
    const line = text.slice(start, end);
    const code = line.trim();
    const wasWithin = within !== undefined;
    const bracesBefore = braces;
    ({ braces, within } = readLine(line, braces, within, comment));
    if (code === "") {
      lines.push({ start, end, depth: lines.at(-1)?.depth ?? 0, rank: undefined, heads: false });
      if (!wasWithin) [blank, attached] = [true, false];
      continue;
    }
    let depth: number;
    if (byBraces) depth = Math.max(0, /^[}\])]/.test(code) ? bracesBefore - 1 : bracesBefore);
    else {
      const column = line.length - line.trimStart().length;
      if (!wasWithin) {
        while (columns.length && columns.at(-1)! >= column) columns.pop();
        depth = columns.length;
        columns.push(column);
      } else depth = columns.length;
    }
    const heads = !wasWithin && !goesOn.test(code);
    const rank = heads && !attached ? 2 * depth + (blank ? 0 : 1) : undefined;
    lines.push({ start, end, depth, rank, heads });
    blank = false;
    attached = wasWithin ? attached : goesBefore.test(code);
  }
  return lines;
}

/** Braces open after a line, and the string or comment that goes on after it. */
function readLine(line: string, braces: number, within: string | undefined, comment: string) {
  for (let at = 0; at < line.length; at++) {
    if (within !== undefined) {
      if (line[at] === "\\" && within === "`") at++;
      else if (line.startsWith(within, at)) {
        at += within.length - 1;
        within = undefined;
      }
      continue;
    }
    const sign = line[at]!;
    if (line.startsWith(comment, at) && (comment !== "#" || at === 0 || /\s/.test(line[at - 1]!)))
      break;
    if (line.startsWith("/*", at) && comment === "//") {
      within = "*/";
      at++;
    } else if (line.startsWith('"""', at) || line.startsWith("'''", at)) {
      within = line.slice(at, at + 3);
      at += 2;
    } else if (sign === "`" && comment === "//") within = "`";
    else if (sign === '"' || sign === "'") {
      // One that does not end on its line is none: a lifetime, an apostrophe in a pattern.
      const closes = closing(line, at);
      if (closes > 0) at = closes;
    } else if (sign === "{") braces++;
    else if (sign === "}") braces = Math.max(0, braces - 1);
  }
  return { braces, within };
}

/** Where the string that begins at `at` ends; -1 where it does not. */
function closing(line: string, at: number): number {
  for (let i = at + 1; i < line.length; i++) {
    if (line[i] === "\\") i++;
    else if (line[i] === line[at]) return i;
  }
  return -1;
}
