/** How the page of one question looks, and what it shares with the report of an evaluation. */
import { base } from "./style.ts";

/** Scores, verdicts, pills. */
export const judgedStyle = `
:root{--card:#fafbfc;--good:#1f8a4c;--warn:#b36b00;--bad:#c2352b;--cited:#1f8a4c;--shown:#3b74d8;--lost:#9aa3b2;--goodback:#e3f4e9;--warnback:#fff1d6;--badback:#fde6e4;--shownback:#e6eefc;--accent:#3b74d8}
@media(prefers-color-scheme:dark){:root{--card:#1b1e23;--good:#5cc98a;--warn:#e7ad52;--bad:#f0867e;--cited:#5cc98a;--shown:#7ba8f5;--lost:#6a7383;--goodback:#16301f;--warnback:#392b10;--badback:#3d1d1b;--shownback:#1a2a47;--accent:#7ba8f5}}
main{max-width:70rem}
a{color:var(--accent)}
small{font-size:.82em}
.pill{background:var(--head);font-size:.82em;padding:.1rem .55rem;border:1px solid var(--line)}
.pill.warn{background:var(--warnback);color:var(--warn);border-color:transparent}
.score{display:inline-block;min-width:3.1rem;text-align:center;font:600 13px/1.5 ui-monospace,monospace;border-radius:4px;padding:.05rem .35rem;color:var(--ink);background:color-mix(in oklab,var(--goodback) var(--s,0%),var(--badback))}
.score.none{background:none;color:var(--quiet)}
.score.failed{background:var(--warnback);color:var(--warn);font-weight:400}
.verdicts{list-style:none;margin:0;padding:0}
.verdicts>li{display:grid;grid-template-columns:9.5rem auto 1fr;gap:.2rem .8rem;align-items:baseline;padding:.3rem 0;border-top:1px solid var(--line)}
.verdicts>li:first-child{border-top:0}
.parts{margin:.3rem 0;padding:0;list-style:none}
.parts li{padding-left:1.4rem;position:relative}
.parts li::before{position:absolute;left:0;content:"✓";color:var(--good);font-weight:700}
.parts li.fails::before{content:"✗";color:var(--bad)}
details.plain{border:0;margin:.2rem 0}
details.plain>summary{background:none;padding:0;color:var(--quiet)}
.said{border-left:3px solid var(--line);padding-left:.8rem;margin:.4rem 0;white-space:pre-wrap}
@media(max-width:40rem){.verdicts>li{grid-template-columns:1fr auto}.verdicts>li>div{grid-column:1/-1}}
`;

export const answerStyle = `${base}${judgedStyle}
h1{font-size:1.5rem;line-height:1.25;margin:.6rem 0;white-space:pre-wrap}
h2{margin:2rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:.95rem;margin:1rem 0 .2rem}
h4{font-size:.85rem;margin:.7rem 0 .2rem;color:var(--quiet);font-weight:600}
.answer{white-space:pre-wrap;font-size:1.05rem;background:var(--card);border:1px solid var(--line);border-left:4px solid var(--cited);border-radius:6px;padding:.8rem 1rem}
.answer.unknown{border-left-color:var(--warn)}
.cite{font-weight:600;text-decoration:none;background:var(--goodback);color:var(--cited);border-radius:3px;padding:0 .25em}
.cite.bad{background:var(--badback);color:var(--bad)}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.88rem}
.history{list-style:none;padding:0;margin:.5rem 0;display:flex;flex-direction:column;gap:.4rem}
.history li{border:1px solid var(--line);border-radius:10px;padding:.35rem .8rem;max-width:80%;background:var(--card)}
.history li.user{align-self:flex-end;background:var(--shownback)}
.history pre{font:inherit}
.problems{margin:0;padding:.6rem .8rem .6rem 2rem;background:var(--warnback);border-radius:6px}
.queries{display:grid;grid-template-columns:minmax(6rem,auto) 1fr;gap:.25rem 1rem;margin:0}
.queries dt{color:var(--quiet)}
.queries dd{margin:0}
.queries p{margin:0 0 .15rem}
.waterfall{list-style:none;padding:0;margin:0}
.waterfall li{display:grid;grid-template-columns:9rem 1fr 4rem 17rem;gap:.7rem;align-items:center;padding:.15rem 0}
.waterfall .name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.waterfall .track{background:var(--head);border-radius:3px;overflow:hidden}
.waterfall i{display:block;height:1rem;background:var(--shown);border-radius:3px}
.waterfall .call i{background:var(--cited)}
.waterfall .took{text-align:right;font-variant-numeric:tabular-nums}
details.passage,details.candidate{border-left-width:4px}
details.cited{border-left-color:var(--cited)}
details.shown{border-left-color:var(--shown)}
details.lost{border-left-color:var(--lost)}
details>p.quiet{margin:.4rem .7rem 0;font-size:.85rem}
.passage h4,.origins{margin-left:.7rem}
.origins{padding-left:1.1rem}
.number{display:inline-block;min-width:1.6rem;text-align:center;font-weight:700}
.fate{float:right;color:var(--quiet);font-size:.85rem;margin-left:.8rem}
.cited>summary .fate{color:var(--cited)}
.candidate>summary::after,.passage>summary::after{content:"";display:block;clear:both}
.chips{clear:both;display:flex;flex-wrap:wrap;gap:.3rem;margin:.25rem 0 .1rem 1.7rem}
.chip{font:12px/1.5 ui-monospace,monospace;border:1px solid var(--line);border-radius:4px;padding:0 .4rem;background:var(--back);white-space:nowrap}
.chip.up{color:var(--good);border-color:currentcolor}
.chip.down{color:var(--warn);border-color:currentcolor}
.chip.out{color:var(--quiet);border-style:dashed}
.chip.bar{background:linear-gradient(to right,var(--shownback) var(--w),var(--back) var(--w))}
.moves{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));align-items:start}
figure{margin:0;border:1px solid var(--line);border-radius:6px;padding:.6rem;background:var(--card);overflow-x:auto}
figcaption{margin-bottom:.4rem}
.slope{display:block;width:100%;min-width:30rem;max-width:40rem;height:auto;margin:0 auto}
.slope text{font:12px system-ui,sans-serif;fill:var(--ink)}
.slope text.before{text-anchor:end}
.slope text.lost{fill:var(--quiet)}
.slope path{fill:none;stroke:var(--lost);stroke-width:1.5;opacity:.75}
.slope .shown path{stroke:var(--shown);stroke-width:2}
.slope .cited path{stroke:var(--cited);stroke-width:3;opacity:1}
.slope .lost path{stroke-dasharray:3 3}
.slope a:hover path,.slope a:focus path{stroke:#f0a500;opacity:1;stroke-width:3}
.slope text.cited{font-weight:600;fill:var(--cited)}
.key::before{content:"";display:inline-block;width:1.2rem;height:3px;vertical-align:middle;margin:0 .3rem 0 .6rem;background:var(--lost)}
.key.cited::before{background:var(--cited)}
.key.shown::before{background:var(--shown)}
.nodes{margin:.2rem 0;padding-left:1.2rem}
.messages{list-style:none;margin:0;padding:.3rem .7rem .7rem}
.messages li{margin-top:.5rem}
.messages pre{border:1px solid var(--line);border-radius:6px;padding:.5rem .7rem;padding-right:.7rem}
.messages .reply pre{background:var(--goodback)}
@media(max-width:40rem){.waterfall li{grid-template-columns:1fr auto}.waterfall .track{grid-row:2;grid-column:1/-1}.waterfall small{grid-column:1/-1}.queries{grid-template-columns:1fr}.fate{float:none;display:block;margin:0}}
`;
