/** Verdicts, as the page of an answer and the report of an evaluation show them. */
import type { Verdict } from "../judging/verdict.ts";
import { escaped } from "./html.ts";

/** "contextPrecision" as "context precision". */
export const nameOf = (judge: string) =>
  judge.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The better, the greener. */
export function scoreCell({ score, failed }: Pick<Verdict, "score" | "failed">): string {
  if (failed) return '<span class="score failed">failed</span>';
  if (score === null) return '<span class="score none">–</span>';
  return `<span class="score" style="--s:${(score * 100).toFixed(0)}%">${score.toFixed(2)}</span>`;
}

export function verdictsOf(verdicts: Readonly<Record<string, Verdict>>): string {
  const rows = Object.entries(verdicts).map(([name, verdict]) => {
    const parts = verdict.parts?.map(
      ({ text, holds, reason }) =>
        `<li class="${holds ? "holds" : "fails"}">${escaped(text)}${reason ? ` <small>${escaped(reason)}</small>` : ""}</li>`,
    );
    return `<li><b>${escaped(nameOf(name))}</b>${scoreCell(verdict)}<div>${escaped(verdict.reason)}${parts?.length ? `<details class="plain"><summary>${parts.length} in detail</summary><ul class="parts">${parts.join("")}</ul></details>` : ""}</div></li>`;
  });
  return `<ul class="verdicts">${rows.join("")}</ul>`;
}
