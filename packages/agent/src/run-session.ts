/** A run's part in its session: what was said before, what it adds, what was decided for good. */
import type { Message } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { RunError } from "./errors.ts";
import type { RunHead } from "./journal.ts";
import {
  entryOf,
  foldMessages,
  readEntries,
  type SessionEntry,
  sessionLog,
} from "./session-log.ts";
import { type Store, VersionConflictError } from "./store.ts";

/** @param version the session as it was then; default: as it is */
export async function readSession(
  store: Store,
  session: string,
  version?: number,
): Promise<{ messages: Message[]; version: number }> {
  const log = sessionLog(session);
  const kept = await store.read(log, version === undefined ? {} : { to: version });
  return { messages: foldMessages(readEntries(log, kept)), version: kept.length };
}

/** Adds what the run has said to its session, once, however often the run is gone on with. */
export async function keepInSession(
  run: ActiveRun,
  store: Store,
  head: Pick<RunHead, "session" | "sessionVersion">,
): Promise<void> {
  const { session, sessionVersion = 0 } = head;
  const { runId } = run;
  const said = settled(run.added);
  await run.durable.step(`session ${said.length}`, async () => {
    const log = sessionLog(session!);
    const since = readEntries(log, await store.read(log, { from: sessionVersion }));
    if (since.some((entry) => entry.type === "rewind" || entry.run !== runId)) {
      throw new RunError(
        `The session "${session}" has gone on while the run ${runId} worked: the run's messages are kept with the run, not in the session.`,
        "conflict",
        runId,
      );
    }
    const fresh = entriesOf(run, said, since);
    const version = sessionVersion + since.length;
    if (fresh.length === 0) return version;
    try {
      return await store.append(log, version, fresh.map(entryOf));
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
      throw new RunError(error.message, "conflict", runId, error);
    }
  });
}

/** Without calls at the end that were cut off: nobody could go on from calls without results. */
function settled(added: readonly Message[]): readonly Message[] {
  const last = added.at(-1);
  return last?.role === "assistant" && last.tool_calls?.length ? added.slice(0, -1) : added;
}

/** The run's entries after those that are kept already. */
function entriesOf(
  { compactions, runId }: ActiveRun,
  added: readonly Message[],
  kept: readonly SessionEntry[],
): SessionEntry[] {
  let messages = kept.reduce(
    (sum, one) => sum + (one.type === "messages" ? one.messages.length : 0),
    0,
  );
  const done = kept.filter(({ type }) => type === "compaction").length;
  const entries: SessionEntry[] = [];
  const upTo = (end: number) => {
    if (end <= messages) return;
    entries.push({ v: 1, type: "messages", run: runId, messages: added.slice(messages, end) });
    messages = end;
  };
  for (const { at, replaced, by } of compactions.slice(done)) {
    upTo(at);
    entries.push({ v: 1, type: "compaction", run: runId, replaced, by });
  }
  upTo(added.length);
  return entries;
}

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
