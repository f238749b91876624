/** The page: what came of a run, its timeline, its conversation. Complete in itself: no script, no network. */
import type { Run } from "../run.ts";
import { type Html, html } from "./html.ts";
import { type ReadRun, spentOn } from "./read.ts";
import { rowId, rowsOf, textIn } from "./rows.ts";
import { scaleOf } from "./scale.ts";
import { busySpans, type Span } from "./spans.ts";
import { style } from "./style.ts";
import { count, dollars, duration, plural, shortened } from "./words.ts";

export interface PageInput {
  run: Run;
  read: ReadRun;
  /** Why it broke off. */
  problem?: string;
  /** What the page could not be told. */
  missing?: string;
}

/** No script may run and nothing may be fetched, whatever the page holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function page({ run, read, problem, missing }: PageInput): string {
  const title = shortened(read.input.map(textIn).filter(Boolean).at(-1) ?? run.agent, 160);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${run.agent}: ${shortened(title, 60)}</title>
<style>${style}</style>
</head>
<body>
<main>
${header(run, read, title, problem)}
${tiles(run, read)}
${problem && html`<section class="callout bad"><h2>Broke off</h2><p>${problem}</p></section>`}
${missing && html`<section class="callout ask"><p>${missing}</p></section>`}
${questions(run)}
${answer(run)}
${plan(run)}
${timeline(run, read, problem)}
${conversation(read)}
<footer>Run <code>${run.runId}</code>${read.session !== undefined && html` in session <code>${read.session}</code>`} · <time datetime="${new Date(read.at).toISOString()}">${new Date(read.at).toISOString().replace("T", " ").slice(0, 19)} UTC</time></footer>
</main>
</body>
</html>
`.text;
}

const statusWords = { done: "Done", stopped: "Stopped", waiting: "Waiting", blocked: "Blocked" };

function header(run: Run, { session }: ReadRun, title: string, problem: string | undefined): Html {
  const status = problem === undefined ? run.status : "failed";
  const word = problem === undefined ? statusWords[run.status] : "Broke off";
  const why = problem === undefined ? run.stoppedBy?.message : undefined;
  return html`<header><p class="eyebrow"><span class="pill ${status}">${word}</span><span>${run.agent}</span>${session !== undefined && html`<span class="quiet">session ${session}</span>`}</p><h1>${title}</h1>${why && html`<p class="why">${why}</p>`}</header>`;
}

function tiles(run: Run, read: ReadRun): Html {
  const { usage, cost } = run;
  const cached = usage.prompt_tokens_details?.cached_tokens;
  const calls = countCalls(read);
  const work = scaleOf(busySpans(read), read.at).work;
  const all: [string, string, string?][] = [
    ["Time of work", duration(work)],
    ["Steps", count(run.steps.length), plural(calls.tools, "tool call")],
    [
      "Tokens",
      count(usage.total_tokens),
      `${count(usage.prompt_tokens)} in${cached ? ` (${count(cached)} cached)` : ""}, ${count(usage.completion_tokens)} out`,
    ],
    ["Cost", cost === undefined ? "not known" : dollars(cost)],
  ];
  if (calls.agents > 0) all.push(["Sub-agents", count(calls.agents), plural(calls.steps, "step")]);
  return html`<ul class="tiles">${all.map(([name, value, more]) => html`<li><span>${name}</span><b>${value}</b>${more && html`<small>${more}</small>`}</li>`)}</ul>`;
}

/** Calls of tools anywhere in the run; the runs of sub-agents, and their steps. */
function countCalls(run: ReadRun): { tools: number; agents: number; steps: number } {
  const sum = { tools: 0, agents: 0, steps: 0 };
  for (const { calls } of run.steps) {
    for (const { inner } of calls) {
      if (!inner) sum.tools++;
      else {
        const below = countCalls(inner);
        sum.agents += 1 + below.agents;
        sum.steps += inner.steps.length + below.steps;
        sum.tools += below.tools;
      }
    }
  }
  return sum;
}

function questions({ pending, runId }: Run): Html | false {
  return (
    pending.length > 0 &&
    html`<section class="callout ask"><h2>${pending.length === 1 ? "A question waits" : `${pending.length} questions wait`} for a person</h2>${pending.map(({ message, id }) => html`<p>${message}<br><code>${id}</code></p>`)}<p class="quiet">Answer with <code>agent.resume("${runId}", { decisions })</code>.</p></section>`
  );
}

function answer(run: Run): Html | false {
  const { output } = run;
  const text =
    run.status !== "done"
      ? run.text
      : typeof output === "string"
        ? output
        : JSON.stringify(output, undefined, 2);
  return (
    !!text &&
    html`<section class="answer"><h2>${run.status === "done" ? "Answer" : "As far as it came"}</h2><div class="prose">${text}</div></section>`
  );
}

function plan({ plan: items }: Run): Html | false {
  const done = items.filter(({ status }) => status === "done").length;
  return (
    items.length > 0 &&
    html`<section><h2>Plan <small>${done} of ${items.length} done</small></h2><ol class="plan">${items.map(({ content, status, result }) => html`<li class="${status}"><span><span class="status">${status}: </span>${content}</span>${result !== undefined && html`<small>${result}</small>`}</li>`)}</ol></section>`
  );
}

function timeline(run: Run, read: ReadRun, problem: string | undefined): Html | false {
  if (read.steps.length === 0) return false;
  const spans: Span[] = busySpans(read);
  const scale = scaleOf(spans, read.at);
  const dearest = Math.max(0, ...costs(read));
  const place = {
    scale,
    dearest,
    depth: 0,
    over: problem !== undefined || run.status !== "waiting",
  };
  return html`<section><h2>Timeline</h2>
<p class="legend"><span class="model">model</span><span class="tool">tool</span><span class="agent">sub-agent</span><span class="person">a person is asked</span><span class="failed">error</span></p>
<label class="all"><input type="checkbox" id="all"> unfold all</label>
<div class="timeline"><div class="axis" aria-hidden="true"><span></span><span class="track">${scale.ticks.map(({ at, ms }) => html`<i class="tick" style="left:${at.toFixed(2)}%"><b>${ms === 0 ? "0" : duration(ms)}</b></i>`)}${scale.breaks.map(({ at, ms }) => html`<i class="break" style="left:${at.toFixed(2)}%" title="${duration(ms)} in which nothing worked are left out"><b>${duration(ms)}</b></i>`)}</span><span class="num">time</span><span class="num">tokens</span><span class="num">cost</span></div>
<div class="lines" aria-hidden="true"><span></span><span class="track">${scale.ticks.map(({ at }) => html`<i class="tick" style="left:${at.toFixed(2)}%"></i>`)}</span></div>
${rowsOf(read, place)}
<div class="sum"><span>Total</span><span></span><span class="num">${duration(scale.work)}</span><span class="num">${count(run.usage.total_tokens)}</span><span class="num">${run.cost === undefined ? "" : dollars(run.cost)}</span></div></div></section>`;
}

function costs(run: ReadRun): number[] {
  return run.steps.flatMap(({ model, calls }) => [
    spentOn(model).cost ?? 0,
    ...calls.flatMap(({ inner }) => (inner ? costs(inner) : [])),
  ]);
}

function conversation(read: ReadRun): Html | false {
  const said = read.input.map((message) => bubble(message.role, textIn(message)));
  const links = read.steps.map(
    ({ step, model, calls }) =>
      html`${model.text && bubble("assistant", model.text)}${calls.length > 0 && html`<p class="calls">${calls.map(({ id, name, record }) => html`<a class="${record?.isError ? "bad" : ""}" href="#${rowId(read, id)}">${name}</a>`)}<span class="quiet">step ${step}</span></p>`}`,
  );
  return html`<section><h2>Conversation</h2><div class="talk">${said}${links}</div></section>`;
}

const speakers: { readonly [role: string]: string } = { user: "User", assistant: "Model" };

const bubble = (role: string, text: string): Html =>
  html`<div class="said ${role === "user" ? "user" : "model"}"><span class="who">${speakers[role] ?? role}</span><div class="prose">${text}</div></div>`;
