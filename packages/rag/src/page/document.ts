/** The frame of every page: complete in itself, no script, nothing fetched. */
import { escaped } from "./html.ts";
import { style } from "./style.ts";

/** No script may run and nothing may be fetched, whatever the page holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * @param title as text
 * @param body as HTML
 * @param more rules beside those of every page
 */
export function pageOf(title: string, body: string, more = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}${more}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** Numbers with what they are. */
export function tilesOf(
  tiles: readonly (readonly [name: string, value: string | number])[],
): string {
  const items = tiles.map(
    ([name, value]) => `<li><b>${escaped(`${value}`)}</b><small>${escaped(name)}</small></li>`,
  );
  return `<ul class="tiles">${items.join("")}</ul>`;
}
