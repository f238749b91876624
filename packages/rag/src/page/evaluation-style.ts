/** How the report of an evaluation looks. */
import { judgedStyle } from "./answer-style.ts";
import { base } from "./style.ts";

/** @param columns scores of a question; `orders` and `categories` are what one chooses among */
export const evaluationStyle = (
  columns: number,
  orders: number,
  categories: number,
) => `${base}${judgedStyle}
main{max-width:84rem}
h1{font-size:1.5rem}
h2{margin-top:2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}
th{font-size:.85rem;color:var(--quiet);font-weight:600}
tbody tr:last-child{font-weight:600}
td small{font-weight:400}
fieldset{border:0;padding:0;margin:.3rem 0;display:flex;flex-wrap:wrap;gap:.3rem;align-items:center}
legend{float:left;color:var(--quiet);margin-right:.5rem;min-width:7.5rem}
fieldset label{border:1px solid var(--line);border-radius:99px;padding:.1rem .7rem;cursor:pointer;font-size:.88rem}
fieldset input{position:absolute;opacity:0}
fieldset label:has(:checked){background:var(--accent);border-color:var(--accent);color:var(--back)}
fieldset label:has(:focus-visible){outline:2px solid #f0a500}
.questions{display:flex;flex-direction:column}
.line,.q>summary{display:grid;grid-template-columns:minmax(14rem,1fr) repeat(${columns},5.4rem);gap:.3rem;align-items:center}
.line{padding:.2rem .75rem;font-size:.76rem;color:var(--quiet);text-align:center;line-height:1.15}
.line :first-child{text-align:left}
.q>summary{list-style:none}
.q>summary::-webkit-details-marker{display:none}
.q>summary>span:first-child::before{content:"▸ ";color:var(--quiet)}
.q[open]>summary>span:first-child::before{content:"▾ "}
.q>summary>.score{justify-self:center}
.q .in{padding:.5rem .9rem .9rem}
.q h3{font-size:.85rem;color:var(--quiet);margin:.8rem 0 .2rem;font-weight:600}
.q.error{border-color:var(--bad)}
${Array.from({ length: orders }, (_, i) => `main:has(#s${i}:checked) .q{order:var(--o${i})}`).join("\n")}
${Array.from({ length: categories }, (_, i) => `main:has(#c${i}:checked) .q:not(.c${i}){display:none}`).join("\n")}
@media(max-width:56rem){.line{display:none}.q>summary{display:flex;flex-wrap:wrap}.q>summary>span:first-child{flex:1 0 100%}.q>summary>.score::before{content:attr(title) " ";font-weight:400}}
`;
