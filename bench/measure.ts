/** Alternated measuring: every contender in every round, CPU time of this process, medians. */
import { setTimeout as sleep } from "node:timers/promises";

/** One unit of work under a name; the first of a group is the floor that the others are held to. */
export type Contenders = Readonly<Record<string, () => Promise<unknown>>>;

export interface Run {
  /** Works in flight together. */
  atOnce: number;
  /** Works per contender and round. */
  works: number;
  /** What one work counts for: 1000 when it reads a stream of 1000 chunks. */
  units?: number;
}

const rounds = 21;
const warmUp = 8;

export interface Row {
  name: string;
  /** us of CPU per unit: the median round. */
  us: number;
  /** The median of the rounds' ratios to the floor's time in the same round. */
  ratio: number;
}

/** Measures all contenders side by side: round by round, so that a slow minute slows them all. */
export async function measure(contenders: Contenders, run: Run): Promise<Row[]> {
  const { atOnce, works, units = 1 } = run;
  const taken = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  const all = Object.entries(contenders);
  for (let round = -warmUp; round < rounds; round++) {
    // In another order each round: nobody always comes after the same one.
    const turn = (round + warmUp) % all.length;
    for (const [name, work] of [...all.slice(turn), ...all.slice(0, turn)]) {
      await sleep(30); // What one leaves behind is not the next one's to clear away.
      const start = process.cpuUsage();
      for (let i = 0; i < works; i += atOnce)
        await Promise.all(Array.from({ length: atOnce }, work));
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) taken.get(name)!.push((user + system) / works / units);
    }
  }
  const floor = [...taken.values()][0]!;
  return [...taken].map(([name, us]) => ({
    name,
    us: median(us),
    ratio: median(us.map((one, round) => one / floor[round]!)),
  }));
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Rows of `measure()` as a table, the ratio to the official SDK named beside the one to the floor. */
export function ratioTable(what: string, rows: readonly Row[], official: string): string {
  const sdk = rows.find((row) => row.name === official)!;
  return table(
    [what, "us", "x floor", `x ${official}`],
    rows.map(({ name, us, ratio }) => [
      name,
      us.toFixed(us < 100 ? 2 : 0),
      ratio.toFixed(2),
      (ratio / sdk.ratio).toFixed(2),
    ]),
  );
}
