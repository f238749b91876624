/** The page: complete in itself, nothing fetched, no script but its own. */
import type { Scene } from "./scene.ts";
import { script, scriptHash } from "./script.ts";
import { style } from "./style.ts";
import { escaped } from "./visible.ts";

const policy = `default-src 'none'; script-src '${scriptHash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;

export function pageOf(scene: Scene): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(scene.title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<div class="what"><h1>${escaped(scene.title)}</h1><p>${escaped(scene.note)}</p></div>
<label class="search"><span class="off">Search the texts</span><input type="search" id="search" placeholder="Search" autocomplete="off" spellcheck="false"><output id="found" for="search"></output></label>
<div class="tools"><button type="button" id="names" aria-pressed="true" title="Names in the picture">Names</button><button type="button" id="spin" aria-pressed="false" title="Turn slowly" hidden>Spin</button><button type="button" id="home" title="All of it (0)">Reset</button><button type="button" id="theme" title="Light or dark">Theme</button></div>
</header>
<main>
<div id="panels" class="panels">${scene.panels.map(panelOf).join("")}</div>
<aside>
<section id="by" hidden><label for="field">Colour by</label><select id="field"></select></section>
<section id="legend" aria-label="Legend"></section>
<section id="card" aria-live="polite"></section>
<section id="hits" aria-label="Found"></section>
<details class="help"><summary>Keys</summary><p>In a picture: arrows move it (in 3D they turn it, with Shift they move it), <kbd>+</kbd> and <kbd>-</kbd> zoom, <kbd>0</kbd> shows all, <kbd>n</kbd> and <kbd>p</kbd> go to the next and the previous point (or find), <kbd>Enter</kbd> keeps it, <kbd>Esc</kbd> lets go. By pointer: drag, wheel, pinch; with Shift or the other button a drag moves in 3D.</p></details>
</aside>
</main>
<div id="tip" role="presentation" hidden></div>
<noscript><p class="noscript">The picture is drawn by the script of this page, which is not allowed to run here.</p></noscript>
<script type="application/json" id="scene">${asData(scene)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function panelOf(
  { title, dimensions }: Scene["panels"][number],
  i: number,
  all: readonly unknown[],
) {
  const name = title || (all.length > 1 ? `Picture ${i + 1}` : "Picture");
  const keys = dimensions === 3 ? "Arrows turn it" : "Arrows move it";
  const label = `${name}: points in ${dimensions} dimensions. ${keys}, plus and minus zoom, n goes to the next point.`;
  const caption = title ? `<figcaption>${escaped(title)}</figcaption>` : "";
  return `<figure>${caption}<canvas tabindex="0" role="application" aria-label="${escaped(label)}"></canvas></figure>`;
}

/** JSON in which no tag and no comment can end or begin. */
function asData(scene: Scene): string {
  return JSON.stringify(scene).replace(/[<>&\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
