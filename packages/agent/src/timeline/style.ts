/** How the page looks, in light and dark, wide and narrow. */
import { Html } from "./html.ts";

const css = `
:root{color-scheme:light dark;
--bg:light-dark(#faf9f6,#121214);--card:light-dark(#fff,#1a1a1e);--sunk:light-dark(#f4f2ee,#141417);
--ink:light-dark(#1d1c1a,#ececf1);--quiet:light-dark(#6a665f,#9c9ca8);--line:light-dark(#e6e2da,#2b2b32);
--model:light-dark(#6a5be2,#9186ff);--tool:light-dark(#0b8f7c,#39c5af);--agent:light-dark(#c77712,#eba548);
--bad:light-dark(#cc3a32,#ff6f66);--ask:light-dark(#8a6d00,#e2c14d);--ok:light-dark(#1b7f4b,#4ccb8a);
--cols:minmax(11rem,21rem) minmax(8rem,1fr) 4.6rem 5.6rem 5.2rem}
*{box-sizing:border-box}
html{background:var(--bg);color:var(--ink);font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0}
main{max-width:76rem;margin:0 auto;padding:2.2rem 1.6rem 3rem}
code,pre,.num{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font-size:.86em;overflow-wrap:anywhere}
h1{font-size:1.55rem;line-height:1.25;letter-spacing:-.015em;margin:.45rem 0 0;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:.95rem;margin:0 0 .6rem;letter-spacing:-.005em}
h2 small{font-weight:400;color:var(--quiet);margin-left:.4rem}
section{margin-top:2rem}
.quiet{color:var(--quiet)}
.eyebrow{display:flex;flex-wrap:wrap;gap:.7rem;align-items:center;margin:0;font-size:.88rem}
.eyebrow>*{min-width:0;overflow-wrap:anywhere}
.why{margin:.4rem 0 0;color:var(--quiet);max-width:60rem;overflow-wrap:anywhere}
.pill{font-weight:600;font-size:.78rem;padding:.14rem .6rem;border-radius:9rem;--tone:var(--quiet);color:var(--tone);background:color-mix(in srgb,var(--tone) 13%,transparent)}
.pill::before{content:"";display:inline-block;width:.45rem;height:.45rem;border-radius:50%;background:currentColor;margin-right:.4rem;vertical-align:.06em}
.pill.done{--tone:var(--ok)}.pill.failed,.pill.blocked{--tone:var(--bad)}.pill.waiting,.pill.stopped{--tone:var(--ask)}
.tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1px;margin:1.4rem 0 0;padding:0;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.tiles li{background:var(--card);padding:.75rem 1rem .8rem;display:flex;flex-direction:column}
.tiles span,.tiles small{color:var(--quiet);font-size:.8rem}
.tiles b{font-size:1.35rem;line-height:1.35;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.callout{border-radius:12px;padding:.9rem 1.1rem;--tone:var(--ask);background:color-mix(in srgb,var(--tone) 9%,var(--card));border:1px solid color-mix(in srgb,var(--tone) 32%,transparent);overflow-wrap:anywhere}
.callout.bad{--tone:var(--bad)}.callout h2{color:var(--tone);margin:0 0 .3rem}.callout p{margin:.3rem 0 0}
.prose{white-space:pre-wrap;overflow-wrap:anywhere}
.answer .prose{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.9rem 1.1rem;max-height:32rem;overflow:auto}
.plan{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:minmax(0,1fr);gap:.35rem}
.plan li{display:grid;grid-template-columns:1.2rem minmax(0,1fr);column-gap:.55rem;overflow-wrap:anywhere}
.plan li::before{content:"";width:.95rem;height:.95rem;margin-top:.27rem;border-radius:50%;border:1.5px solid var(--quiet)}
.plan .done::before{content:"\u2713";display:grid;place-items:center;font-size:.72rem;font-weight:700;color:var(--card);background:var(--ok);border-color:var(--ok)}
.plan .started::before{border-color:var(--model);background:linear-gradient(90deg,var(--model) 50%,transparent 50%)}
.plan small{grid-column:2;color:var(--quiet)}
.status{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:0 0 .6rem;font-size:.82rem;color:var(--quiet)}
.legend span::before{content:"";display:inline-block;width:1.1rem;height:.55rem;border-radius:3px;background:var(--tone);margin-right:.4rem}
.model{--tone:var(--model)}.tool{--tone:var(--tool)}.agent{--tone:var(--agent)}.failed{--tone:var(--bad)}
.person{--tone:repeating-linear-gradient(115deg,var(--ask) 0 2px,transparent 2px 5px)}
section:has(>.legend){position:relative}
.all{position:absolute;right:0;top:0;font-size:.82rem;color:var(--quiet);cursor:pointer}
.all input{accent-color:var(--model);vertical-align:-.12em;margin:0 .25rem 0 0}
.timeline{position:relative;background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:clip}
.axis,.row>summary,.sum,.lines{display:grid;grid-template-columns:var(--cols);align-items:center;column-gap:.9rem;padding:0 1rem}
.axis{position:sticky;top:0;z-index:3;height:2.1rem;background:var(--card);border-bottom:1px solid var(--line);color:var(--quiet);font-size:.75rem}
.axis .num{font-family:inherit}
.track{position:relative;height:100%;min-height:1.9rem;display:block}
.tick,.break{position:absolute;top:0;bottom:0;font-style:normal}
.tick b,.break b{font-weight:400;position:absolute;bottom:.35rem;left:.25rem;white-space:nowrap;font-variant-numeric:tabular-nums}
.tick::before{content:"";position:absolute;left:0;bottom:0;height:.5rem;border-left:1px solid var(--line)}
.break b{left:0;bottom:auto;top:.05rem;transform:translateX(-50%);color:var(--ask);font-size:.95em}
.break::after{content:"";position:absolute;bottom:0;left:-.3rem;width:.6rem;height:.5rem;background:repeating-linear-gradient(115deg,var(--ask) 0 1px,transparent 1px 3px)}
.step+.step{border-top:1px solid var(--line)}
.row>summary{cursor:pointer;list-style:none;min-height:1.95rem;font-size:.86rem}
.row>summary::-webkit-details-marker{display:none}
.row>summary:hover,.row[open]>summary{background:color-mix(in srgb,var(--tone) 7%,transparent)}
.row>summary:focus-visible,.all input:focus-visible,a:focus-visible,pre:focus-visible{outline:2px solid var(--model);outline-offset:-2px}
.row:target>summary{background:color-mix(in srgb,var(--tone) 20%,transparent)}
.label{display:flex;align-items:center;gap:.45rem;min-width:0;padding-left:calc(var(--d)*1.15rem + .95rem);position:relative}
.label::before{content:"";position:absolute;left:calc(var(--d)*1.15rem);width:.42rem;height:.42rem;border-right:1.5px solid var(--quiet);border-bottom:1.5px solid var(--quiet);transform:rotate(-45deg);transition:transform .12s}
.row[open]>summary .label::before{transform:rotate(45deg)}
.row.tool .label,.row.agent .label{padding-left:calc(var(--d)*1.15rem + 2.5rem)}
.row.tool .label::before,.row.agent .label::before{left:calc(var(--d)*1.15rem + 1.55rem)}
.n{flex:none;min-width:1.15rem;font-size:.75rem;color:var(--quiet);font-variant-numeric:tabular-nums;font-weight:600}
.name{flex:0 1 auto;min-width:1.5rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-weight:550}
.row.failed .name{color:var(--bad)}
.hint{flex:1 1 0;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--quiet);font-size:.94em}
.tag{flex:none;font-size:.72rem;padding:0 .42rem;border-radius:4px;line-height:1.5;--tag:var(--quiet);color:var(--tag);background:color-mix(in srgb,var(--tag) 13%,transparent)}
.tag.bad{--tag:var(--bad)}.tag.ask{--tag:var(--ask)}.tag.agent{--tag:var(--agent)}
.bar{position:absolute;top:50%;height:.72rem;margin-top:-.36rem;min-width:3px;border-radius:3px;background:var(--tone)}
.bar.model{--tone:var(--model)}.bar.tool{--tone:var(--tool)}.bar.agent{--tone:var(--agent)}.bar.failed{--tone:var(--bad)}
.bar.agent{background:color-mix(in srgb,var(--agent) 24%,transparent);box-shadow:inset 0 0 0 1px color-mix(in srgb,var(--agent) 55%,transparent)}
.bar.inner{height:.3rem;margin-top:-.15rem;min-width:2px;border-radius:1px}
.lines{position:absolute;inset:0;pointer-events:none}
.lines .tick::before{height:auto;top:0;opacity:.6}
.bar.open{border-radius:3px 0 0 3px;opacity:.75;mask:linear-gradient(90deg,#000 60%,transparent)}
.bar.person.open{mask:none;min-width:8px}
.num{text-align:right;font-size:.76rem;color:var(--quiet);white-space:nowrap;font-variant-numeric:tabular-nums}
.unit{display:none}
.cost{position:relative;padding:.1rem .2rem;background:linear-gradient(270deg,color-mix(in srgb,var(--model) 16%,transparent) var(--share),transparent var(--share));border-radius:3px}
.sum{border-top:1px solid var(--line);min-height:2.1rem;font-size:.86rem;font-weight:600}
.sum .num{color:var(--ink);font-weight:600}
.sum .num:last-child{padding-right:.2rem}
.detail{position:relative;padding:.3rem 1rem .9rem calc(var(--d)*1.15rem + 3.5rem);font-size:.86rem;display:grid;grid-template-columns:minmax(0,1fr);gap:.6rem;background:color-mix(in srgb,var(--tone) 4%,var(--card))}
.inside{border-left:3px solid color-mix(in srgb,var(--agent) 55%,transparent);margin-left:0;background:color-mix(in srgb,var(--agent) 4%,transparent)}
.inside .axis,.inside .row>summary{padding-left:calc(1rem - 3px)}
.inside .inside .row>summary{padding-left:calc(1rem - 6px)}
dl{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:0;font-size:.82rem}
dl div{display:flex;gap:.4rem;min-width:0}dt{color:var(--quiet);flex:none}dd{margin:0;overflow-wrap:anywhere}
.block{margin:0;min-width:0}
figcaption{font-size:.75rem;color:var(--quiet);margin-bottom:.15rem}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:22rem;overflow:auto;padding:.55rem .75rem;border-radius:8px;background:var(--sunk);border:1px solid var(--line);font:inherit}
.code pre{font:.78rem/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.block.quiet pre{color:var(--quiet);font-style:italic}
.block.bad pre{border-color:color-mix(in srgb,var(--bad) 45%,transparent);color:var(--bad)}
.block p,.ask-box p{margin:.2rem 0 0}
.ask-box{border-left:3px solid var(--ask);padding-left:.7rem;overflow-wrap:anywhere}.ask-box b{font-weight:550}
.talk{display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem;justify-items:start}
.said{max-width:min(46rem,92%);border:1px solid var(--line);background:var(--card);border-radius:4px 14px 14px 14px;padding:.5rem .9rem .6rem;min-width:0}
.said.user{justify-self:end;border-radius:14px 4px 14px 14px;background:color-mix(in srgb,var(--model) 9%,var(--card));border-color:transparent}
.who{font-size:.74rem;color:var(--quiet)}
.said .prose{max-height:26rem;overflow:auto}
.calls{display:flex;flex-wrap:wrap;gap:.4rem;align-items:center;margin:0;font-size:.82rem;min-width:0}
.calls a{color:var(--tool);text-decoration:none;border:1px solid color-mix(in srgb,var(--tool) 40%,transparent);border-radius:9rem;padding:.02rem .6rem;overflow-wrap:anywhere}
.calls a.bad{color:var(--bad);border-color:color-mix(in srgb,var(--bad) 45%,transparent)}
footer{margin-top:2.6rem;padding-top:.8rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.8rem;overflow-wrap:anywhere}
section:has(#all:checked) details::details-content{content-visibility:visible;block-size:auto}
@media (max-width:760px){
main{padding:1.2rem .9rem 2rem}
h1{font-size:1.25rem}
.tiles{grid-template-columns:1fr 1fr}.tiles li:last-child:nth-child(odd){grid-column:1/-1}
.all{position:static;display:block;margin:0 0 .6rem}
.axis{grid-template-columns:1fr;padding:0 .8rem}.axis>:not(.track){display:none}
.lines{display:none}
.row>summary{grid-template-columns:minmax(0,1fr) auto auto;grid-template-areas:"label label ms" "track track track" ". tokens cost";padding:.35rem .8rem .4rem;row-gap:.15rem}
.label{grid-area:label}.row .track{grid-area:track;height:1rem;min-height:1rem;background:var(--sunk);border-radius:3px}
.ms{grid-area:ms}.tokens{grid-area:tokens}.cost{grid-area:cost;min-width:4.5rem}.unit{display:inline}
.inside .row>summary{padding-left:calc(.8rem - 3px)}
.sum{grid-template-columns:1fr auto auto auto;padding:0 .8rem}.sum span:nth-child(2){display:none}
.row.tool .label,.row.agent .label{padding-left:calc(var(--d)*.8rem + 1.7rem)}.row.tool .label::before,.row.agent .label::before{left:calc(var(--d)*.8rem + .75rem)}
.label{padding-left:calc(var(--d)*.8rem + .95rem)}.label::before{left:calc(var(--d)*.8rem)}
.detail{padding:.3rem .8rem .8rem}
.said{max-width:96%}
}
@media print{.row details::details-content{content-visibility:visible;block-size:auto}pre,.prose{max-height:none!important}.axis{position:static}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`;

export const style = new Html(css.replace(/\n/g, ""));
