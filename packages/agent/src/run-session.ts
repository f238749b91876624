/** A run's part in its session: what was said before, what it adds, what was decided for good. */
import type { Message } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { RunError } from "./errors.ts";
import type { RunHead } from "./journal.ts";
import { type Json, type Store, VersionConflictError } from "./store.ts";

export async function readSession(
  store: Store,
  session: string,
  version?: number,
): Promise<{ messages: Message[]; version: number }> {
  const kept = await store.read(`session/${session}`, version === undefined ? {} : { to: version });
  const messages = kept.flatMap(({ data }) => (data as { messages?: Message[] }).messages ?? []);
  return { messages, version: kept.length };
}

/** Adds what the run has said to its session, once, however often the run is gone on with. */
export async function keepInSession(run: ActiveRun, store: Store, head: RunHead): Promise<void> {
  const { session, sessionVersion = 0 } = head;
  const { added, runId } = run;
  await run.durable.step(`session ${added.length}`, async () => {
    const log = `session/${session}`;
    const since = await store.read(log, { from: sessionVersion });
    const own = since.map(({ data }) => data as { run?: string; messages?: Message[] });
    const mine = own.filter(({ run: by }) => by === runId);
    if (mine.length !== own.length) {
      throw new RunError(
        `The session "${session}" has gone on while the run ${runId} worked: its messages are in error.run.messages, and in the run.`,
        "conflict",
        runId,
      );
    }
    const kept = mine.reduce((sum, { messages = [] }) => sum + messages.length, 0);
    const fresh = added.slice(kept);
    const version = sessionVersion + own.length;
    if (fresh.length === 0) return version;
    try {
      const data = { v: 1, type: "messages", run: runId, messages: fresh } as unknown as Json;
      return await store.append(log, version, [{ data, text: wordsOf(fresh) }]);
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
      throw new RunError(error.message, "conflict", runId, error);
    }
  });
}

const wordsOf = (messages: readonly Message[]) =>
  messages
    .map(({ content }) => (typeof content === "string" ? content : ""))
    .filter(Boolean)
    .join("\n");

const standingLog = (session: string) => `approvals/${session}`;

export async function standingDecisions(
  store: Store,
  session: string,
): Promise<{ [key: string]: "approve" | "reject" }> {
  const kept = await store.read(standingLog(session));
  return Object.fromEntries(
    kept.map(({ data }) => {
      const { key, action } = data as { key: string; action: "approve" | "reject" };
      return [key, action];
    }),
  );
}

export async function keepStanding(
  store: Store,
  session: string,
  key: string,
  action: "approve" | "reject",
): Promise<void> {
  const log = standingLog(session);
  for (;;) {
    const version = await store.version(log);
    try {
      await store.append(log, version, [{ data: { key, action } }]);
      return;
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
    }
  }
}
