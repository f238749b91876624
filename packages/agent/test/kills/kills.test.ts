/** A real process is killed at random moments, and at the worst ones: nothing is lost, nothing done twice. */
import { expect, test } from "vitest";
import type { Decision, Run } from "../../src/index.ts";
import { effects, type Fate, rightAnswer, World } from "./harness.ts";
import { said } from "./trip.ts";

const kills = process.env.POLYCALL_LONG ? 100 : 10;
const seed = Number(process.env.POLYCALL_SEED ?? 20_261_126);

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fateOf(random: () => number): Fate {
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const when = random() < 0.5 ? "before" : "after";
  const kind = Math.floor(random() * 5);
  if (kind === 0) return { at: "time", ms: random() * 150 };
  if (kind === 1) return { at: "model", nth: upTo(4) };
  if (kind === 2) return { at: "append", nth: upTo(14), when };
  return { at: "effect", nth: upTo(4), when };
}

/** Every call has its result, right after it and in its order. */
function expectValid(messages: Run["messages"]) {
  for (const [index, message] of messages.entries()) {
    if (message.role !== "assistant" || !message.tool_calls?.length) continue;
    const results = messages.slice(index + 1, index + 1 + message.tool_calls.length);
    const ids = results.map((result) => result.role === "tool" && result.tool_call_id);
    expect(ids).toEqual(message.tool_calls.map(({ id }) => id));
  }
}

test(
  `${kills} kills: every effect once, every step asked for once, the right answer`,
  async () => {
    const random = randomFrom(seed);
    const world = await World.begin();
    const happened: string[] = [];
    try {
      let killed = 0;
      for (let trial = 1; killed < kills; trial++) {
        const runId = `trip-${trial}`;
        world.wanted.length = 0;
        const told: { [what: string]: Decision["action"][] } = {};
        let decisions: { [id: string]: Decision } = {};
        let run: Run | undefined;
        for (let processes = 1; !run; processes++) {
          const fate = processes > 12 ? undefined : fateOf(random);
          happened.push(`${runId}: ${JSON.stringify(fate)}`);
          const kept = await world.kept(runId);
          world.asked.length = 0;
          const before = world.wanted.length;
          const ended = await world.carryOn({ runId, decisions }, fate);
          for (const { log, step } of world.asked)
            expect(kept, `${log} asked again`).not.toContain(`${log} ${step}`);
          expect(new Set(world.asked.map(({ log, step }) => log + step)).size).toBe(
            world.asked.length,
          );
          for (const { key } of world.wanted.slice(before)) {
            const [, log, call] = /^(.*):(.*)$/.exec(key ?? "") ?? [];
            if (log) expect(kept, `${key} run again`).not.toContain(`run/${log} call ${call}`);
          }
          if (ended.killed) {
            killed++;
            continue;
          }
          expect(ended.error).toBeUndefined();
          if (ended.run.status !== "waiting") run = ended.run;
          else {
            decisions = {};
            for (const { id, why, tool, args } of ended.run.pending) {
              expect(why).toBe("outcome");
              const what = `${tool} ${(args as { what: string }).what}`;
              const had = world.wanted.some((wanted) => wanted.what === what);
              decisions[id] = had
                ? { action: "result", result: said(what) }
                : { action: "approve" };
              told[what] = [...(told[what] ?? []), decisions[id].action];
            }
          }
        }
        expect(run).toMatchObject({ status: "done", output: rightAnswer });
        expectValid(run.messages);
        const had = world.wanted.filter((wanted) => wanted.had).map(({ what }) => what);
        expect(had.sort()).toEqual([...effects].sort());
        expect(run.ledger.map(({ tool, outcome }) => `${tool} ${outcome}`).sort()).toEqual(
          effects.map((what) => `${what.split(" ")[0]} done`).sort(),
        );
        expect(new Set(run.ledger.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(
          effects.length,
        );
        for (const wanted of world.wanted.filter(({ key }) => key)) {
          const line = run.ledger.find(({ idempotencyKey }) => idempotencyKey === wanted.key);
          const times = world.wanted.filter(({ key }) => key === wanted.key).length;
          expect(line?.begun, wanted.what).toBeGreaterThanOrEqual(times);
        }
        for (const line of run.ledger.filter(({ tool }) => tool === "mail" || tool === "post")) {
          const what = effects.find((effect) =>
            effect === "mail Ann"
              ? line.tool === "mail"
              : effect === `post ${line.runId.endsWith("1.2") ? "Rome" : "Oslo"}` &&
                line.tool === "post",
          )!;
          const approved = told[what]?.filter((action) => action === "approve").length ?? 0;
          expect(line.begun, what).toBe(1 + approved);
          expect(line.decision, what).toBe(told[what]?.at(-1));
        }
      }
    } catch (error) {
      throw new Error(`seed ${seed}\n${happened.slice(-14).join("\n")}`, { cause: error });
    } finally {
      await world.end();
    }
  },
  30_000 + kills * 3000,
);
