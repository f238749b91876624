/** How all pages look, and that of a cut document. */

export const base = `
:root{--back:#fff;--ink:#1c1f24;--quiet:#667;--line:#d9dce3;--a:#e3efff;--b:#e6f6e8;--both:#ffe2a8;--over:#ffd3d0;--head:#f4f5f8;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--back:#16181c;--ink:#e6e8ec;--quiet:#9aa;--line:#343840;--a:#1d3350;--b:#1d3d27;--both:#5c4712;--over:#5c2320;--head:#1e2127}}
*{box-sizing:border-box}
html{background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
body{margin:0}
main{max-width:64rem;margin:0 auto;padding:1rem}
h1{font-size:1.25rem;margin:.2rem 0}
h2{font-size:1rem;margin:1.5rem 0 .4rem}
.quiet,small{color:var(--quiet)}
ul.tiles{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:.8rem 0}
ul.tiles li{border:1px solid var(--line);border-radius:6px;padding:.3rem .7rem}
ul.tiles b{display:block;font-size:1.1rem}
pre{white-space:pre-wrap;font:13px/1.55 ui-monospace,monospace;margin:0;tab-size:2}
details{border:1px solid var(--line);border-radius:6px;margin:.35rem 0}
summary{cursor:pointer;padding:.3rem .7rem;background:var(--head);border-radius:6px}
details pre{padding:.7rem}
.pill{border-radius:9px;padding:0 .5rem;background:var(--over)}
details:target{outline:2px solid #f0a500}
`;

export const style = `${base}
.sizes{display:flex;align-items:flex-end;gap:1px;height:5rem;border-bottom:1px solid var(--line)}
.sizes a{flex:1 1 0;min-width:1px;background:#5b8def;min-height:2px}
.sizes a.over{background:#d9534f}
.sizes a:hover,.sizes a:focus{background:#f0a500}
.source{border:1px solid var(--line);border-radius:6px;padding:.7rem}
.source .a{background:var(--a)}
.source .b{background:var(--b)}
.source .both{background:var(--both)}
.source .none{color:var(--quiet)}
.source .cut{border-left:2px solid #c33;margin-left:-1px}
.source sup{font:600 10px/1 system-ui;color:#c33;margin-right:2px;user-select:none}
.source :target{outline:2px solid #f0a500}
`;
