/** What a piece of Markdown refers to: links, and [[wiki links]]. */

/** A place that is referred to. */
export interface Reference {
  /** A path or a URL as it stands there, or the name of a page. */
  target: string;
  /** After "#". */
  fragment?: string;
  /** By its name, not by its path. */
  wiki: boolean;
}

const code = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`/g;
/** "[text](target)", with or without a title; "[text]: target" on a line of its own. */
const link = /(?<!!)\[[^\]\n]{0,300}\]\(\s*(?:<([^>\n]{1,500})>|([^\s()<>]{1,500}))/g;
const definition = /^ {0,3}\[[^\]\n]{1,300}\]:\s*(?:<([^>\n]{1,500})>|(\S{1,500}))/gm;
const wiki = /(?<!!)\[\[([^\]|#\n]{0,200})(?:#([^\]|\n]{0,200}))?(?:\|[^\]\n]{0,200})?\]\]/g;

export function referencesIn(markdown: string): Reference[] {
  const text = markdown.replace(code, " ");
  const found: Reference[] = [];
  for (const pattern of [link, definition]) {
    for (const [, bracketed, bare] of text.matchAll(pattern)) {
      const [target, fragment] = (bracketed ?? bare!).split("#", 2) as [string, string?];
      found.push({ target, wiki: false, ...(fragment && { fragment }) });
    }
  }
  for (const [, target, fragment] of text.matchAll(wiki)) {
    found.push({ target: target!.trim(), wiki: true, ...(fragment && { fragment }) });
  }
  return found;
}

/** What stands in headings, of the kind with "#". */
export function headingsIn(markdown: string): string[] {
  const lines = markdown
    .replace(/```[\s\S]*?(?:```|$)/g, "")
    .matchAll(/^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm);
  return [...lines].map(([, heading]) => heading!);
}

/** A heading as the fragment of a link names it, as GitHub does. */
export const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replaceAll(" ", "-");

const scheme = /^[a-z][a-z0-9+.-]*:/i;

/** Sources that a link from `source` may mean, the likeliest first. */
export function candidates(source: string, target: string): string[] {
  if (target === "") return [source];
  let path: string;
  try {
    const base = scheme.test(source) ? source : `file:///${encodeURI(source.replace(/^\//, ""))}`;
    const url = new URL(target, base);
    url.search = "";
    path = url.protocol === "file:" ? decodeURIComponent(url.pathname).slice(1) : url.href;
  } catch {
    return [];
  }
  if (source.startsWith("/")) path = `/${path}`;
  const folder = path.replace(/\/$/, "");
  return [path, `${path}.md`, path.replace(/\.html?$/, ".md"), `${folder}/index.md`].concat(
    `${folder}/README.md`,
  );
}

/** By what a wiki link names a source: its last part without its ending. */
export const pageName = (source: string): string =>
  source
    .split("/")
    .at(-1)!
    .replace(/\.[a-z0-9]{1,5}$/i, "")
    .toLowerCase();
