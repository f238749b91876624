/** The timeline's rows: a model call or a tool call each, its bar on the common axis, what it said to unfold. */
import type { Message } from "@polycall/core";
import { textOf } from "../output.ts";
import { type Html, html } from "./html.ts";
import {
  type ModelCall,
  type Question,
  type ReadRun,
  type Step,
  spentIn,
  spentOn,
  type ToolCall,
} from "./read.ts";
import type { Scale } from "./scale.ts";
import { callSpan, modelSpan, type Span } from "./spans.ts";
import { count, dollars, duration, inLine, plural, shortened } from "./words.ts";

interface Place {
  scale: Scale;
  /** The cost of the dearest row: what the others are measured by. */
  dearest: number;
  depth: number;
  /** Whether nothing more will come: what has not ended will not. */
  over: boolean;
}

/** Letters of one text that a page shows. */
const mostShown = 50_000;

export const rowsOf = (run: ReadRun, place: Place): Html[] =>
  run.steps.map(
    (step) =>
      html`<div class="step">${modelRow(run, step, place)}${step.calls.map((call) => toolRow(run, call, place))}</div>`,
  );

function modelRow(run: ReadRun, { step, agent, model }: Step, place: Place): Html {
  const { usage, text, message } = model;
  const asks = plural(message.tool_calls?.length ?? 0, "call");
  const said = text || (message.tool_calls?.length ? asks : "");
  return row({
    ...{ kind: "model", id: rowId(run, String(step)), place },
    label: html`<b class="n">${step}</b><span class="name">${modelName(model.model)}</span>${agent !== run.agent && html`<span class="tag">${agent}</span>`}${model.compacted && html`<span class="tag">compacted</span>`}<span class="hint">${shortened(said.replace(/\s+/g, " "), 90)}</span>`,
    bars: [
      bar("model", modelSpan(model), place, `${modelName(model.model)}, ${duration(model.ms)}`),
    ],
    ...{ ms: model.ms, ...(usage && spentOn(model)) },
    detail: modelDetail(model),
  });
}

const modelName = (model: string) => model.slice(model.indexOf("/") + 1);

function modelDetail(call: ModelCall): Html {
  const { model, message, text, finish_reason, usage, compacted = [] } = call;
  const { prompt_tokens_details: input, completion_tokens_details: output } = usage ?? {};
  const facts: [string, string][] = [["Model", model]];
  if (usage) {
    const cached = input?.cached_tokens ? `, ${count(input.cached_tokens)} of them cached` : "";
    const thought = output?.reasoning_tokens
      ? `, ${count(output.reasoning_tokens)} of them reasoning`
      : "";
    facts.push(["Tokens in", count(usage.prompt_tokens) + cached]);
    facts.push(["Tokens out", count(usage.completion_tokens) + thought]);
  }
  if (finish_reason && finish_reason !== "stop" && finish_reason !== "tool_calls")
    facts.push(["Ended by", finish_reason]);
  const reasoning = message.reasoning_content;
  return html`${factsOf(facts)}
${compacted.map(({ replaced, by }) => by.map((one) => block(`${plural(replaced, "message")} before it became`, textIn(one), "quiet")))}
${reasoning && block("Reasoning", reasoning, "quiet")}
${text && block("Said", text)}`;
}

function toolRow(run: ReadRun, call: ToolCall, place: Place): Html {
  const { id, name, args, record, inner, questions } = call;
  const span = callSpan(call);
  const failed = record?.isError === true;
  const kind = inner ? "agent" : "tool";
  const bars = [
    ...questions.map((question) => personBar(question, place)),
    ...(span
      ? [
          bar(
            failed ? "failed" : kind,
            span,
            place,
            `${name}, ${record ? duration(record.ms) : "did not end"}`,
          ),
        ]
      : []),
  ];
  if (inner) bars.push(...innerBars(inner, place));
  const spent = inner && spentIn(inner);
  return row({
    ...{ kind, id: rowId(run, id), place, bars, failed },
    label: html`<span class="name">${name}</span>${tagsOf(call, place)}<span class="hint">${inLine(args)}</span>`,
    ms: span ? record?.ms : undefined,
    ...(spent && { tokens: spent.tokens, cost: spent.cost }),
    detail: html`${callDetail(call)}`,
    inside:
      inner &&
      html`<div class="inside">${rowsOf(inner, { ...place, depth: place.depth + 1 })}</div>`,
  });
}

function tagsOf({ record, questions, inner, begunAt }: ToolCall, { over }: Place): Html[] {
  const open = questions.some(({ answeredAt }) => answeredAt === undefined);
  const tags: [boolean, string, string][] = [
    [record?.isError === true, "error", "bad"],
    [open, "waits for a person", "ask"],
    [!record && !open && (over || begunAt.length > 0), "did not end", "bad"],
    [begunAt.length > 1, `begun ${begunAt.length} times`, "ask"],
    [record?.decision !== undefined, decided[record?.decision ?? ""] ?? "", "ask"],
    [record?.handOff !== undefined, "hand-off", ""],
    [inner !== undefined, "agent", "agent"],
    [record?.repaired === true, "repaired", ""],
  ];
  return tags.flatMap(([is, word, tone]) =>
    is && word ? [html`<span class="tag ${tone}">${word}</span>`] : [],
  );
}

const decided: { readonly [action: string]: string } = {
  approve: "approved",
  edit: "edited",
  reject: "rejected",
  result: "answered",
};

function callDetail({ args, record, questions, inner }: ToolCall): Html {
  const key = record?.idempotencyKey;
  return html`${questions.map(questionDetail)}
${inner ? inner.input.map((message) => block("Task", textIn(message))) : block("Arguments", pretty(args), "code")}
${record ? block(record.isError ? "Error" : "Result", resultText(record.content), record.isError ? "bad code" : inner ? "" : "code") : html`<p class="quiet">No result is known.</p>`}
${factsOf([...(key ? [["Idempotency key", key] as [string, string]] : []), ...(record?.cut ? [["Result", "longer than the model was shown"] as [string, string]] : [])])}`;
}

function questionDetail({ request, askedAt, answeredAt, decision }: Question): Html {
  if (!decision || answeredAt === undefined)
    return html`<div class="ask-box"><b>${request.message}</b><p>Nobody has answered yet: <code>${request.id}</code></p></div>`;
  const word = decided[decision.action] ?? decision.action;
  const always = "always" in decision && decision.always ? ", always" : "";
  const more =
    decision.action === "edit"
      ? pretty(decision.args)
      : decision.action === "reject"
        ? decision.message
        : decision.action === "result"
          ? pretty(decision.result)
          : undefined;
  return html`<div class="ask-box"><b>${request.message}</b><p>A person ${word === "edited" ? "edited it" : `has ${word}${word === "answered" ? "" : " it"}`}${always}, after ${duration(answeredAt - askedAt)}.</p>${more && block("", more, "code")}</div>`;
}

const resultText = (content: NonNullable<ToolCall["record"]>["content"]) => {
  const text = textOf(content);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? pretty(value) : text;
  } catch {
    return text;
  }
};

export const textIn = ({ content }: Message): string =>
  content === null || content === undefined ? "" : textOf(content as string);

const pretty = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? "");

export function block(title: string, text: string, tone = ""): Html {
  const more = text.length - mostShown;
  return html`<figure class="block ${tone}">${title && html`<figcaption>${title}</figcaption>`}<pre tabindex="0">${more > 0 ? text.slice(0, mostShown) : text}</pre>${more > 0 && html`<p class="quiet">… ${count(more)} more letters</p>`}</figure>`;
}

function factsOf(facts: readonly (readonly [string, string])[]): Html | false {
  return (
    facts.length > 0 &&
    html`<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
  );
}

/** What a sub-agent did, small, within its own bar. */
function innerBars(inner: ReadRun, place: Place): Html[] {
  return inner.steps.flatMap(({ model, calls }) => [
    bar("model inner", modelSpan(model), place, ""),
    ...calls.flatMap((call) => {
      const span = callSpan(call);
      const tone = call.record?.isError ? "failed" : "tool";
      if (call.inner) return innerBars(call.inner, place);
      return span ? [bar(`${tone} inner`, span, place, "")] : [];
    }),
  ]);
}

function personBar({ askedAt, answeredAt }: Question, place: Place): Html {
  const waited =
    answeredAt === undefined
      ? "nobody has answered yet"
      : `waited ${duration(answeredAt - askedAt)} for a person`;
  return bar(
    "person",
    { from: askedAt, ...(answeredAt !== undefined && { to: answeredAt }) },
    place,
    waited,
  );
}

function bar(tone: string, { from, to }: Span, { scale }: Place, title: string): Html {
  const left = scale.at(from);
  const width = Math.max(0, (to === undefined ? 100 : scale.at(to)) - left);
  return html`<i class="bar ${tone}${to === undefined ? " open" : ""}" style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%"${title && html` title="${title}"`}></i>`;
}

function row(of: {
  kind: string;
  id: string;
  place: Place;
  label: Html;
  bars: readonly Html[];
  failed?: boolean;
  ms?: number | undefined;
  tokens?: number | undefined;
  cost?: number | undefined;
  detail: Html;
  inside?: Html | undefined;
}): Html {
  const { kind, id, place, label, bars, failed, ms, tokens, cost, detail, inside } = of;
  const share = cost && place.dearest > 0 ? (100 * cost) / place.dearest : 0;
  return html`<details class="row ${kind}${failed ? " failed" : ""}" id="${id}" style="--d:${place.depth}"><summary><span class="label">${label}</span><span class="track" aria-hidden="true">${bars}</span><span class="num ms">${ms !== undefined && duration(ms)}</span><span class="num tokens">${tokens !== undefined && html`${count(tokens)}<span class="unit"> tok</span>`}</span><span class="num cost" style="--share:${share.toFixed(0)}%">${cost !== undefined && dollars(cost)}</span></summary><div class="detail">${detail}</div>${inside}</details>`;
}

/** What a link leads to. */
export const rowId = ({ runId }: ReadRun, id: string) => `row:${runId}:${id}`;
