/** The frame of every page: no script may run and nothing may be fetched, whatever the page holds. */
import { escaped } from "./html.ts";

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface Page {
  title: string;
  style: string;
  /** HTML, everything in it escaped. */
  body: string;
}

export const pageOf = ({ title, style, body }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

/** Figures with their names. */
export const tilesOf = (tiles: readonly (readonly [name: string, value: string | number])[]) =>
  `<ul class="tiles">${tiles.map(([name, value]) => `<li><b>${escaped(String(value))}</b><small>${escaped(name)}</small></li>`).join("")}</ul>`;
