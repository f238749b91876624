/** How the page looks, in light and dark, wide and narrow. */
import { paper } from "./colours.ts";

const both = (of: keyof (typeof paper)["light"]) =>
  `light-dark(${paper.light[of]},${paper.dark[of]})`;

const css = `
:root{color-scheme:light dark;--back:${both("back")};--card:${both("card")};--ink:${both("ink")};--quiet:${both("quiet")};--line:${both("line")};--tone:light-dark(#3d5bd0,#93a6ff)}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{background:var(--back);color:var(--ink);font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;height:100dvh;display:grid;grid-template-rows:auto minmax(0,1fr);padding:1rem 1.2rem 1.2rem;gap:.9rem}
header{display:flex;flex-wrap:wrap;gap:.6rem 1.2rem;align-items:center}
.what{flex:1 1 16rem;min-width:0}
h1{font-size:1.3rem;line-height:1.25;letter-spacing:-.015em;margin:0;overflow-wrap:anywhere;text-wrap:balance}
.what p{margin:.1rem 0 0;color:var(--quiet);font-size:.85rem;overflow-wrap:anywhere}
.off{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.search{position:relative;flex:0 1 19rem;min-width:11rem}
.search input{width:100%;font:inherit;font-size:.9rem;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:9px;padding:.42rem 5.5rem .42rem .75rem}
.search output{position:absolute;right:1.9rem;top:50%;transform:translateY(-50%);color:var(--quiet);font-size:.78rem;pointer-events:none;font-variant-numeric:tabular-nums}
.tools{display:flex;gap:.35rem}
button,select{font:inherit;font-size:.85rem;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:9px;padding:.38rem .7rem;cursor:pointer}
button:hover{border-color:var(--quiet)}
.tools button[aria-pressed=false]{color:var(--quiet)}
:is(button,select,input,canvas,summary):focus-visible{outline:2px solid var(--tone);outline-offset:2px}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(13rem,17.5rem);gap:1.1rem;min-height:0}
.panels{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:.9rem;min-height:0}
figure{position:relative;margin:0;min-height:0;min-width:0;background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden}
figcaption{position:absolute;z-index:1;left:.9rem;right:.9rem;top:.6rem;font-size:.88rem;font-weight:600;pointer-events:none;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
canvas{display:block;width:100%;height:100%;touch-action:none;cursor:grab;border-radius:13px}
canvas:focus-visible{outline-offset:-3px}
canvas.drag{cursor:grabbing}canvas.over{cursor:pointer}
aside{display:flex;flex-direction:column;gap:.9rem;min-height:0;overflow:auto;padding:2px 2px 1rem;scrollbar-width:thin}
aside label{display:block;color:var(--quiet);font-size:.78rem;margin-bottom:.2rem}
aside select{width:100%}
#legend ul,#hits ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:minmax(0,1fr);gap:1px}
#legend button,#hits button{width:100%;display:grid;grid-template-columns:1.1rem minmax(0,1fr) auto;gap:.5rem;align-items:center;text-align:left;border:0;background:none;padding:.22rem .45rem;border-radius:7px}
#legend button:hover,#hits button:hover{background:color-mix(in srgb,var(--tone) 10%,transparent)}
#legend button[aria-pressed=false]{color:var(--quiet);text-decoration:line-through}
#legend button[aria-pressed=false] svg{opacity:.25}
#legend svg{width:1.05rem;height:1.05rem;display:block}
#legend span,#hits span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
#legend small{color:var(--quiet);font-variant-numeric:tabular-nums;font-size:.78rem}
#legend .hint{color:var(--quiet);font-size:.75rem;margin:.35rem .45rem 0}
.ramp canvas{height:.75rem;width:100%;border-radius:4px;cursor:default}
.ramp p{display:flex;justify-content:space-between;margin:.2rem 0 0;font-size:.78rem;color:var(--quiet);font-variant-numeric:tabular-nums}
#card:empty,#hits:empty{display:none}
#card{border:1px solid var(--line);background:var(--card);border-radius:12px;padding:.75rem .9rem;position:relative;flex:none;max-height:45%;overflow:auto}
#card p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;padding-right:1.2rem}
#card .close{position:absolute;right:.35rem;top:.35rem;border:0;background:none;padding:.1rem .5rem;color:var(--quiet)}
dl{margin:.55rem 0 0;display:grid;grid-template-columns:auto minmax(0,1fr);gap:.1rem .8rem;font-size:.8rem}
dt{color:var(--quiet);max-width:9rem;overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
#hits h2{font-size:.78rem;font-weight:400;color:var(--quiet);margin:0 0 .2rem}
#hits button{grid-template-columns:minmax(0,1fr);font-size:.82rem}
.help{margin-top:auto;font-size:.78rem;color:var(--quiet)}
.help summary{cursor:pointer}.help p{margin:.3rem 0 0}
kbd{font:inherit;border:1px solid var(--line);border-radius:4px;padding:0 .25rem;background:var(--card)}
#tip{position:fixed;z-index:5;left:0;top:0;max-width:min(26rem,calc(100vw - 1.5rem));background:var(--card);border:1px solid var(--line);border-radius:11px;box-shadow:0 6px 24px rgb(0 0 0/.16);padding:.6rem .8rem;font-size:.86rem;pointer-events:none}
#tip p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:7;overflow:hidden}
#tip b,#card b{display:flex;align-items:center;gap:.4rem;font-size:.78rem;font-weight:600;color:var(--quiet);margin-bottom:.2rem}
#tip i,#card i{width:.6rem;height:.6rem;border-radius:50%;flex:none}
.noscript{padding:1rem}
@media (max-width:820px){
body{height:auto;min-height:100dvh;padding:.8rem}
main{grid-template-columns:minmax(0,1fr)}
.panels{grid-auto-flow:row}
figure{height:min(30rem,68dvh)}
.search{flex:1 1 100%}
aside{overflow:visible}
#card{max-height:none}
}
`;

export const style = css.replace(/\n/g, "");
