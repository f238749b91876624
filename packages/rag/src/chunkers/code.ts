/** `codeChunker()`: a program cut between its declarations, each chunk under those that enclose it. */
import type { Chunker } from "../chunk.ts";
import { lineAt } from "./characters.ts";
import { codeLines, type Line } from "./code-lines.ts";
import { cut, type Rules } from "./cut.ts";
import { breadcrumb, lastBefore } from "./headings.ts";
import { pageTeller } from "./pages.ts";
import { breakFinder, textSeparators } from "./separators.ts";
import { checkSize, nameOf, type SizeOptions } from "./size.ts";

export interface CodeOptions extends SizeOptions {
  /** As the names of its files end: "ts", "py". Default: as the document's source ends */
  language?: string;
}

/** The share of a chunk that the declarations around it may take. */
const mostHeadings = 1 / 4;
const anywhere = breakFinder(textSeparators.slice(0, 2));

/**
 * Cuts code where the fewest blocks are open, before a declaration with its comments and decorators: by
 * braces, in languages without them by indentation. The first lines of the blocks around a chunk are its
 * `headings` and begin its `text`. `size` is 1500 by default and bounds `text`.
 * @throws InvalidRequestError for a size or an overlap that cannot be
 */
export function codeChunker(options: CodeOptions = {}): Chunker {
  const { size = 1500, overlap = 0, measure, language } = options;
  checkSize(size, overlap);
  const sizeOf = (piece: string) => (measure ? measure(piece) : piece.length);
  return {
    name: nameOf("code", { size, overlap, measure, language }),
    chunk(document) {
      const { text, source } = document;
      const lines = codeLines(text, (language ?? extensionOf(source)).toLowerCase());
      const lineOf = (at: number) => lastBefore(lines, at, ({ start }) => start);
      const around = (at: number) => enclosing(text, lines, lineOf(at));
      const rules: Rules = {
        ...{ size, overlap, measure },
        prefix: (at) => breadcrumb(around(at), (said) => sizeOf(said) <= size * mostHeadings),
        breakAt(_, low, limit) {
          let [best, bestRank] = [-1, Number.POSITIVE_INFINITY];
          const middle = low + ((limit - low) >> 1);
          for (let i = lineOf(limit); i >= 0 && lines[i]!.start > low; i--) {
            const { start, rank } = lines[i]!;
            // In the first half only where nothing else will do.
            if (start <= middle && best > 0) break;
            if (rank !== undefined && rank < bestRank) [best, bestRank] = [start, rank];
          }
          return best > 0 ? best : anywhere(text, low, limit);
        },
        beginAt: (at, lowest) => lineAt(text, at, lowest),
      };
      const pageAt = pageTeller(document);
      return cut(text, 0, text.length, rules).map(({ start, end }) => {
        const raw = text.slice(start, end);
        const page = pageAt(start);
        const told = rules.prefix!(start) + raw;
        return {
          raw,
          start,
          end,
          text: told,
          headings: around(start),
          ...(page !== undefined && { page }),
        };
      });
    },
  };
}

export const extensionOf = (source: string): string =>
  /\.(\w+)$/.exec(source.replace(/[?#].*$/, ""))?.[1] ?? "";

/** The first lines of the blocks that a line stands in, outermost first. */
function enclosing(text: string, lines: readonly Line[], at: number): string[] {
  const path: string[] = [];
  let depth = lines[at]?.depth ?? 0;
  for (let i = at - 1; i >= 0 && depth > 0; i--) {
    const line = lines[i]!;
    if (line.depth >= depth || !line.heads) continue;
    depth = line.depth;
    const said = text
      .slice(line.start, line.end)
      .trim()
      .replace(/\s*[{:]$/, "");
    path.unshift(said.length > 120 ? `${said.slice(0, 119)}…` : said);
  }
  return path;
}
