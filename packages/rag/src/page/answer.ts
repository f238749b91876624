/** `answerToHTML()`: the page of one question, to see why it was answered as it was. No script, nothing fetched. */
import type { Message } from "@polycall/core";
import type { Answer } from "../answer/answer.ts";
import { citationMarks } from "../answer/citations.ts";
import type { Verdict } from "../judging/verdict.ts";
import type { TracedCall, TraceNode, TraceStep } from "../retrieval/trace.ts";
import type { StoredChunk } from "../stores/store.ts";
import { answerStyle } from "./answer-style.ts";
import { escaped } from "./html.ts";
import { type Journey, journeysOf, type Move } from "./journeys.ts";
import { pageOf, tilesOf } from "./page.ts";
import { slopeOf } from "./slope.ts";
import { count, cut, dollars, figure, ms, plural } from "./told.ts";
import { verdictsOf } from "./verdicts.ts";
import { waterfallOf, wholeTime } from "./waterfall.ts";

export interface AnswerPageOptions {
  /** What judges said of it. */
  verdicts?: Readonly<Record<string, Verdict>>;
  /** What it should have been. */
  reference?: string;
  /** A link at the top: a report that it belongs to. */
  back?: { href: string; text: string };
}

/**
 * History, queries, the answer with its citations linked to what the model was shown, every candidate with its scores
 * and ranks from step to step and why it was lost, nodes of graphs and trees, the prompts as sent, time, tokens and
 * cost. The page is complete in itself and may be shown whatever the documents hold.
 */
export function answerToHTML(answer: Answer, options: AnswerPageOptions = {}): string {
  const { trace } = answer;
  const { verdicts, reference, back } = options;
  const journeys = journeysOf(answer);
  const sections: [id: string, title: string, html: string][] = [
    ["verdicts", "Judged", verdicts ? verdictsOf(verdicts) : ""],
    ["reference", "As it should be", reference ? `<p class="said">${escaped(reference)}</p>` : ""],
    ["problems", "What went wrong", problemsOf(answer)],
    ["queries", "What was searched for", queriesOf(answer)],
    ["time", "Where the time went", waterfallOf(trace)],
    ["passages", "What the model was shown", passagesOf(answer, journeys)],
    ["moves", "What each step did with the ranks", movesOf(trace.steps, journeys)],
    ["nodes", "Nodes that led there", nodesOf(trace.steps)],
    ["candidates", "Every candidate", candidatesOf(journeys, trace.steps)],
    ["prompts", "Prompts as sent", trace.calls.map(callOf).join("")],
  ];
  const there = sections.filter(([, , html]) => html);
  const links = there.map(([id, title]) => `<a href="#${id}">${title}</a>`).join("");
  const body = `${back ? `<p><a href="${escaped(back.href)}">${escaped(back.text)}</a></p>` : ""}
${historyOf(trace.history)}
<h1>${escaped(trace.question)}</h1>
<div class="answer${answer.known ? "" : " unknown"}">${answer.known ? "" : '<span class="pill warn">not known</span> '}${linked(answer)}</div>
${tilesOf(figuresOf(answer, journeys))}
<nav>${links}</nav>
${there.map(([id, title, html]) => `<section id="${id}"><h2>${title}</h2>${html}</section>`).join("\n")}`;
  return pageOf({ title: cut(trace.question, 80), style: answerStyle, body });
}

function figuresOf(answer: Answer, journeys: readonly Journey[]): [string, string][] {
  const { usage, cost, passages, citations, trace } = answer;
  return [
    ["time", ms(wholeTime(trace))],
    ["for retrieval", ms(trace.retrievalMs)],
    ["cost", dollars(cost)],
    ...(usage
      ? ([
          ["tokens in", count(usage.prompt_tokens)],
          ["tokens out", count(usage.completion_tokens)],
        ] as [string, string][])
      : []),
    ["calls of a model", String(trace.calls.length)],
    ["candidates", String(journeys.length)],
    ["shown", String(passages.length)],
    // Of a summary there is a citation for each of its origins.
    ["cited", String(new Set(citations.map(({ number }) => number)).size)],
  ];
}

/** The text, each number that it cites a link to the passage. */
function linked({ text, passages }: Answer): string {
  let html = "";
  let at = 0;
  for (const { start, end, numbers } of citationMarks(text)) {
    html += escaped(text.slice(at, start));
    html += escaped(text.slice(start, end)).replace(/\d+/g, (digits) => {
      const number = Number(digits);
      if (!numbers.includes(number)) return digits;
      return passages[number - 1]
        ? `<a class="cite" href="#p${number}">${digits}</a>`
        : `<span class="cite bad" title="no passage has this number">${digits}</span>`;
    });
    at = end;
  }
  return html + escaped(text.slice(at));
}

function historyOf(history: readonly Message[]): string {
  if (!history.length) return "";
  const turns = history.map(
    (message) =>
      `<li class="${message.role === "user" ? "user" : "other"}">${saidOf(message)}</li>`,
  );
  return `<ol class="history">${turns.join("")}</ol>`;
}

const saidOf = (message: Message) =>
  `<small>${escaped(message.role)}</small><pre>${escaped(contentOf(message))}</pre>`;

function contentOf({ content, ...message }: Message): string {
  const text =
    typeof content === "string"
      ? content
      : (content ?? []).map((part) => ("text" in part ? part.text : `[${part.type}]`)).join("\n");
  const calls = "tool_calls" in message && message.tool_calls;
  return calls ? `${text}\n${JSON.stringify(calls, undefined, 1)}`.trim() : text;
}

function problemsOf({ trace: { steps, warnings, unresolved } }: Answer): string {
  const all = [
    ...steps.flatMap(({ technique, fallback }) => (fallback ? [`${technique}: ${fallback}`] : [])),
    ...warnings,
    ...unresolved.map((number) => `The answer cites [${number}], and no passage has this number.`),
  ];
  if (!all.length) return "";
  return `<ul class="problems">${[...new Set(all)].map((one) => `<li>${escaped(one)}</li>`).join("")}</ul>`;
}

/** What was asked and searched for: each query once, by the technique that it comes from. */
function queriesOf({ trace: { question, query, steps } }: Answer): string {
  const known = new Set([question, query]);
  const rows: [string, readonly string[]][] = [["asked", [question]]];
  if (query !== question) rows.push(["with its conversation", [query]]);
  // The retriever inside is told before the technique around it that made its queries.
  const isPlain = ({ technique }: TraceStep) => technique === "retriever";
  for (const { technique, queries = [] } of steps.toSorted((a, b) => +isPlain(a) - +isPlain(b))) {
    const own = queries.filter((one) => !known.has(one));
    if (own.length > 0) rows.push([technique, own]);
    for (const one of own) known.add(one);
  }
  return `<dl class="queries">${rows.map(([name, all]) => `<dt>${escaped(name)}</dt><dd>${all.map((one) => `<p>${escaped(one)}</p>`).join("")}</dd>`).join("")}</dl>`;
}

const placeOf = ({ chunk: { source, page, headings } }: Pick<Journey, "chunk">) =>
  `<b>${escaped(source)}</b>${page === undefined ? "" : ` <small>page ${page}</small>`}${headings.length ? ` <small>${escaped(headings.join(" › "))}</small>` : ""}`;

function passagesOf({ passages, citations }: Answer, journeys: readonly Journey[]): string {
  if (!passages.length) return '<p class="quiet">Nothing was found, so no model was asked.</p>';
  const cited = new Set(citations.map(({ number }) => number));
  return passages
    .map(({ chunk, text, start, end, origins }, i) => {
      const is = cited.has(i + 1);
      const at = journeys.findIndex((one) => one.chunk.id === chunk.id);
      return `<details class="passage ${is ? "cited" : "shown"}" id="p${i + 1}"${is ? " open" : ""}><summary><span class="number">${i + 1}</span> ${placeOf({ chunk })} <span class="fate">${is ? "cited" : "not cited"}</span></summary><p class="quiet">characters ${start} to ${end} · <a href="#k${at}">how it came here</a></p><pre>${escaped(text)}</pre>${originsOf(origins)}</details>`;
    })
    .join("\n");
}

/** What a summary was made from, which is what a citation of it names. */
function originsOf(origins: readonly StoredChunk[] = []): string {
  if (!origins.length) return "";
  const all = origins.map(
    (chunk) =>
      `<li>${placeOf({ chunk })} <small>characters ${chunk.start} to ${chunk.end}</small><pre>${escaped(chunk.text)}</pre></li>`,
  );
  return `<h4>made from</h4><ul class="origins">${all.join("")}</ul>`;
}

function movesOf(steps: readonly TraceStep[], journeys: readonly Journey[]): string {
  const drawn = steps.flatMap((step, i) => {
    const { technique, given, found, queries = [] } = step;
    if (!given?.length || !found) return [];
    const about = queries.length === 1 ? ` <small>${escaped(cut(queries[0]!, 90))}</small>` : "";
    return [
      `<figure><figcaption><b>${escaped(technique)}</b> ${given.length} → ${found.length}${about}</figcaption>${slopeOf(step, i, journeys)}</figure>`,
    ];
  });
  if (!drawn.length) return "";
  return `<p class="quiet">Ranks before on the left, after on the right: <span class="key cited">cited</span> <span class="key shown">shown to the model</span> <span class="key lost">lost</span></p><div class="moves">${drawn.join("")}</div>`;
}

function nodesOf(steps: readonly TraceStep[]): string {
  const groups = steps.flatMap(({ technique, nodes = [] }) => {
    if (!nodes.length) return [];
    const levels = Map.groupBy(nodes, ({ kind, level }) => JSON.stringify([level ?? null, kind]));
    const lists = [...levels.values()]
      .sort((a, b) => (b[0]!.level ?? 0) - (a[0]!.level ?? 0))
      .map((all) => {
        const { kind, level } = all[0]!;
        const name = `${kind}${level === undefined ? "" : `, level ${level}`}`;
        return `<h4>${escaped(name)} <small>${all.length}</small></h4><ul class="nodes">${all.map(nodeOf).join("")}</ul>`;
      });
    return [`<h3>${escaped(technique)}</h3>${lists.join("")}`];
  });
  return groups.join("");
}

const nodeOf = ({ id, text, score }: TraceNode) =>
  `<li title="${escaped(id)}">${score === undefined ? "" : `<span class="chip">${figure(score)}</span> `}${escaped(text)}</li>`;

function candidatesOf(journeys: readonly Journey[], steps: readonly TraceStep[]): string {
  if (!journeys.length) return "";
  const highest = new Map<string, number>();
  for (const { scores } of journeys) {
    for (const [name, value] of scores) highest.set(name, Math.max(highest.get(name) ?? 0, value));
  }
  const told = journeys.map((journey, i) => {
    const { chunk, text, moves, scores, number, fate, why } = journey;
    const bars = scores.map(([name, value]) => {
      const share = Math.max(0, Math.min(1, value / (highest.get(name) || 1))) * 100;
      return `<span class="chip bar" style="--w:${share.toFixed(0)}%">${escaped(name)} ${figure(value)}</span>`;
    });
    const html = `<details class="candidate ${fate}" id="k${i}"><summary><span class="number">${number ?? "–"}</span> ${placeOf({ chunk })}<span class="fate">${escaped(why)}</span><span class="chips">${moves.map((move) => moveOf(move, steps)).join("")}${bars.join("")}</span></summary><p class="quiet">chunk ${chunk.index}, characters ${chunk.start} to ${chunk.end} · ${escaped(chunk.id)}</p><pre>${escaped(text)}</pre></details>`;
    return { fate, html };
  });
  const lost = told.filter(({ fate }) => fate === "lost");
  const kept = told.filter(({ fate }) => fate !== "lost");
  const rest = `<details class="plain"${kept.length ? "" : " open"}><summary>${plural(lost.length, "candidate")} that the model was not shown</summary>${lost.map(({ html }) => html).join("\n")}</details>`;
  return kept.map(({ html }) => html).join("\n") + (lost.length ? rest : "");
}

/** "rerank 12 → 1 ▲ 11". */
function moveOf({ step, from, to, score }: Move, steps: readonly TraceStep[]): string {
  const { technique } = steps[step]!;
  const rise = from !== undefined && to !== undefined ? from - to : 0;
  const kind = to === undefined ? "out" : rise > 0 ? "up" : rise < 0 ? "down" : "same";
  const ranks =
    from === undefined
      ? `${to}`
      : to === undefined
        ? `${from} → out`
        : from === to
          ? `${to}`
          : `${from} → ${to}`;
  const sign = rise > 0 ? ` ▲ ${rise}` : rise < 0 ? ` ▼ ${-rise}` : "";
  return `<span class="chip ${kind}" title="score ${figure(score)}">${escaped(technique)} ${ranks}${sign}</span>`;
}

function callOf({
  purpose,
  model,
  messages,
  reply,
  usage,
  cost,
  cached,
  ms: took,
}: TracedCall): string {
  const told = [
    model,
    ms(took),
    usage && `${count(usage.prompt_tokens)} tokens in, ${count(usage.completion_tokens)} out`,
    cost !== undefined && dollars(cost),
    cached && "kept from an earlier call",
  ];
  const sent = messages.map((message) => `<li>${saidOf(message)}</li>`);
  return `<details class="call"><summary><b>${escaped(purpose)}</b> <small>${escaped(told.filter(Boolean).join(" · "))}</small></summary><ol class="messages">${sent.join("")}<li class="reply"><small>reply</small><pre>${escaped(reply)}</pre></li></ol></details>`;
}
