/** A drawing of one step: each candidate a line from its rank before to its rank after. */
import type { TraceStep } from "../retrieval/trace.ts";
import { escaped } from "./html.ts";
import type { Journey } from "./journeys.ts";
import { cut, plural } from "./told.ts";

const row = 20;
const [width, left, right] = [560, 208, 352];
/** Rows: what was far behind and stays there is only counted. */
const most = 30;

/** @param journeys all, in the order of the page's candidates; their numbers there are what lines lead to */
export function slopeOf(
  { technique, given = [], found = [] }: TraceStep,
  step: number,
  journeys: readonly Journey[],
): string {
  const lines = journeys.flatMap((journey, at) => {
    const move = journey.moves.find((one) => one.step === step);
    return move && Math.min(move.from ?? most, move.to ?? most + 1) <= most
      ? [{ journey, at, move }]
      : [];
  });
  const rows = Math.max(Math.min(given.length, most), Math.min(found.length, most));
  const y = (rank: number) => (Math.min(rank, most + 1) - 0.5) * row + 4;
  const label = ({ chunk, fate }: Journey, rank: number, side: "before" | "after") => {
    const file = chunk.source.replace(/^.*\/(?=.)/, "");
    const name = cut([file, ...chunk.headings.slice(-1)].join(" › "), 28);
    const [x, text] =
      side === "before" ? [left - 8, `${name}  ${rank}`] : [right + 8, `${rank}  ${name}`];
    return `<text x="${x}" y="${y(rank) + 4}" class="${side} ${fate}">${escaped(text)}</text>`;
  };
  const drawn = lines.map(({ journey, at, move: { from, to } }) => {
    const { fate, why, chunk } = journey;
    const begins = from === undefined ? undefined : y(from);
    const ends = to === undefined ? undefined : y(to);
    const middle = (left + right) / 2;
    const path =
      begins === undefined
        ? `M${right - 30} ${ends}H${right}`
        : ends === undefined
          ? `M${left} ${begins}h26`
          : `M${left} ${begins}C${middle} ${begins} ${middle} ${ends} ${right} ${ends}`;
    const shown = [
      from !== undefined && from <= most && label(journey, from, "before"),
      to !== undefined && to <= most && label(journey, to, "after"),
    ];
    return `<a href="#k${at}" class="${to === undefined ? "lost" : fate}"><title>${escaped(`${chunk.source}: ${why}`)}</title><path d="${path}"/>${shown.filter(Boolean).join("")}</a>`;
  });
  const hidden = given.length - most;
  const rest =
    hidden > 0
      ? `<p class="quiet">${plural(hidden, "candidate")} from rank ${most + 1} on not drawn.</p>`
      : "";
  // The lost lie under the others.
  const order = [...drawn].sort(
    (a, b) => Number(b.includes('class="lost"')) - Number(a.includes('class="lost"')),
  );
  return `<svg class="slope" viewBox="0 0 ${width} ${rows * row + 8}" role="img" aria-label="${escaped(`${technique}: ranks before and after`)}">${order.join("")}</svg>${rest}`;
}
