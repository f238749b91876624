/** Where the time went: a bar for each step and each call, from when it began. */
import type { AnswerTrace } from "../answer/answer.ts";
import type { TracedCall, TraceStep } from "../retrieval/trace.ts";
import { escaped } from "./html.ts";
import { count, dollars, ms } from "./told.ts";

interface Bar {
  name: string;
  kind: "step" | "call";
  at: number;
  ms: number;
  note: string;
}

/** ms from the question to the end of the last of it. */
export function wholeTime({ steps, calls, retrievalMs }: AnswerTrace): number {
  const ends = [...steps, ...calls].map((one) => (one.at ?? 0) + one.ms);
  return Math.max(retrievalMs, 1, ...ends);
}

export function waterfallOf(trace: AnswerTrace): string {
  const { steps, calls } = trace;
  const isTimed = [...steps, ...calls].every(({ at }) => at !== undefined);
  const bars = [...steps.map(ofStep), ...calls.map(ofCall)];
  // What contains the others comes first.
  if (isTimed) bars.sort((a, b) => a.at - b.at || b.ms - a.ms);
  const whole = isTimed ? wholeTime(trace) : Math.max(1, ...bars.map((bar) => bar.ms));
  const rows = bars.map(({ name, kind, at, ms: took, note }) => {
    const from = isTimed ? (at / whole) * 100 : 0;
    const share = Math.min(100 - from, Math.max(0.4, (took / whole) * 100));
    return `<li class="${kind}"><span class="name">${escaped(name)}</span><span class="track"><i style="margin-left:${from.toFixed(2)}%;width:${share.toFixed(2)}%"></i></span><span class="took">${ms(took)}</span><small>${escaped(note)}</small></li>`;
  });
  const untimed = isTimed
    ? ""
    : '<p class="quiet">When each began is not known, so all bars begin at the left.</p>';
  const key =
    '<p class="quiet"><span class="key shown">step</span> <span class="key cited">call of a model</span></p>';
  return `${key}<ol class="waterfall">${rows.join("")}</ol>${untimed}`;
}

function ofStep({ technique, at = 0, ms, queries, given, found, fallback }: TraceStep): Bar {
  const told = [
    queries && queries.length > 1 && `${queries.length} queries`,
    given && found ? `${given.length} → ${found.length}` : found && `${found.length} found`,
    fallback && "fell back",
  ];
  return { name: technique, kind: "step", at, ms, note: told.filter(Boolean).join(", ") };
}

function ofCall({ purpose, model, at = 0, ms, usage, cost, cached }: TracedCall): Bar {
  const told = [
    model,
    cached && "kept from an earlier call",
    usage && `${count(usage.prompt_tokens)} → ${count(usage.completion_tokens)} tokens`,
    cost !== undefined && dollars(cost),
  ];
  return { name: purpose, kind: "call", at, ms, note: told.filter(Boolean).join(", ") };
}
