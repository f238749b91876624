/** Begins a run, or goes on with one, and gives what came of it. */
import { InvalidRequestError, type Message } from "@polycall/core";
import {
  ActiveRun,
  type Approver,
  type Emit,
  type Ending,
  endless,
  type Shared,
} from "./active.ts";
import { checkDecision, type Decision, runOf } from "./approval.ts";
import { checkInput, checkResume, checkRun } from "./check.ts";
import { conduct } from "./conduct.ts";
import type { Definition } from "./definition.ts";
import type { Durable } from "./durable.ts";
import { messageOf, RunError, type RunErrorCode } from "./errors.ts";
import type { AgentEvent } from "./events.ts";
import { Journal, type RunHead, stateVersion } from "./journal.ts";
import { ledgerOf } from "./ledger.ts";
import { Budget, type StopCondition } from "./limits.ts";
import { unobserved } from "./observer.ts";
import { type PlanItem, planKey } from "./plan.ts";
import type { Run } from "./run.ts";
import { keepInSession, keepStanding, readSession, standingDecisions } from "./run-session.ts";
import { runEnd, runSpan } from "./spans.ts";
import { type Json, type Store, StoreError, VersionConflictError } from "./store.ts";

export interface RunOptions<Context = unknown> {
  /** What the tools are given as `context`. Never written down. */
  context?: Context;
  signal?: AbortSignal;
  /** The conversation that the run belongs to: what was said in it before comes first. */
  session?: string;
  /** Names the run. Default: a random id. One that there is already is a RunError "conflict". */
  runId?: string;
  /** Answers questions in this process. Without it the run ends as "waiting". */
  approve?: Approver;
}

export interface ResumeOptions<Context = unknown>
  extends Pick<RunOptions<Context>, "context" | "signal" | "approve"> {
  /** Answers by the ids of what is asked. */
  decisions?: { readonly [id: string]: Decision };
  /** In place of the agent's own: a run that was stopped goes on under these. */
  stopWhen?: readonly StopCondition[];
}

/** How events leave a run, where somebody reads them. */
export interface Outlet {
  emit(event: AgentEvent): Promise<void> | undefined;
}

export type RunInput = string | readonly Message[];

const defaultConditions: readonly StopCondition[] = [{ kind: "steps", limit: 20 }];

/** @throws RunError; InvalidRequestError for an input that is none */
export async function startRun(
  definition: Definition,
  store: Store,
  input: RunInput,
  options: RunOptions,
  outlet?: Outlet,
): Promise<Run> {
  checkInput(definition.name, input);
  checkRun(options);
  const messages = typeof input === "string" ? [{ role: "user" as const, content: input }] : input;
  const { session, runId = crypto.randomUUID() } = options;
  if (typeof runId !== "string" || !/^[^/\0]{1,200}$/.test(runId)) {
    throw new InvalidRequestError(`A run's id is 1 to 200 characters without "/".`, {
      param: "runId",
    });
  }
  const begun = await guarded(runId, async () => {
    const past = session === undefined ? undefined : await readSession(store, session);
    const always = session === undefined ? {} : await standingDecisions(store, session);
    const journal = await Journal.begin(store, {
      runId,
      agent: definition.name,
      input: messages as unknown as Json,
      ...(session !== undefined && { session, sessionVersion: past!.version }),
      ...(Object.keys(always).length > 0 && { always }),
    }).catch((error) => {
      if (!(error instanceof RunError) || error.code !== "conflict") throw error;
      const said = `There is a run ${runId} already. Go on with agent.resume("${runId}"), or give another runId.`;
      throw new RunError(said, "conflict", runId, error.cause);
    });
    return keptBy(journal, past?.messages);
  });
  return carryOut(definition, store, begun, options, outlet);
}

/** @throws RunError; InvalidRequestError for a decision about what is not asked */
export async function resumeRun(
  definition: Definition,
  store: Store,
  runId: string,
  options: ResumeOptions,
  outlet?: Outlet,
): Promise<Run> {
  checkResume(options);
  const begun = await guarded(runId, async () => {
    const { agent, session, sessionVersion } = (await openRun(store, runId)).head;
    if (agent !== definition.name) {
      throw new InvalidRequestError(
        `The run ${runId} is one of the agent "${agent}", not of "${definition.name}".`,
        { param: "runId" },
      );
    }
    const past =
      session === undefined ? undefined : await readSession(store, session, sessionVersion);
    await decideRun(store, runId, options.decisions ?? {});
    return keptBy((await Journal.resume(store, runId))!, past?.messages);
  });
  const { stopWhen, ...rest } = options;
  const changed = stopWhen ? { ...definition, stopWhen } : definition;
  return carryOut(changed, store, begun, rest, outlet);
}

/**
 * Writes down the answers to what a run asks, its sub-agents included, without going on with it.
 * @throws InvalidRequestError naming what is asked; RunError
 */
export async function decideRun(
  store: Store,
  runId: string,
  decisions: { readonly [id: string]: Decision },
): Promise<void> {
  const given = Object.entries(decisions).map(([id, one]) => ({ id, one: checkDecision(one, id) }));
  for (const { id, one } of given) await askingOf(store, runId, id, one);
  for (const { id, one } of given) await post(store, runId, id, one);
}

async function post(store: Store, runId: string, id: string, decision: Decision): Promise<void> {
  for (;;) {
    const journal = await askingOf(store, runId, id, decision);
    try {
      if (!journal.answered(id)) await journal.post(id, decision);
      return;
    } catch (error) {
      // Somebody else has answered meanwhile, this question or another.
      if (!(error instanceof VersionConflictError)) throw error;
    }
  }
}

/** The journal of the run that asks it. The answer that it has already may be given once more. */
async function askingOf(store: Store, runId: string, id: string, decision: Decision) {
  const inside = runOf(id);
  const own = inside === runId || inside.startsWith(`${runId}/`);
  const journal = own ? await Journal.open(store, inside) : undefined;
  const known = journal?.answered(id);
  const same = known && JSON.stringify(known) === JSON.stringify(decision);
  if (journal && (same || journal.pending.some((request) => request.id === id))) return journal;
  const pending = (await pendingOf(store, runId)).map((request) => request.id);
  throw new InvalidRequestError(
    `The run ${runId} does not ask "${id}"${pending.length ? `. It asks: ${pending.join(", ")}` : ", or anything else"}.`,
    { param: "decisions" },
  );
}

/** What a run and the runs inside it ask. @throws RunError "missing" */
export async function pendingOf(store: Store, runId: string) {
  const { pending } = await openRun(store, runId);
  for await (const inner of Journal.inside(store, runId)) pending.push(...inner.pending);
  return pending;
}

async function openRun(store: Store, runId: string): Promise<Journal> {
  const journal = await Journal.open(store, runId);
  if (journal) return journal;
  throw new RunError(
    `There is no run ${runId} in this agent's store. Give agent() the store that it was begun with.`,
    "missing",
    runId,
  );
}

/** A run as it is carried out: its memory, and what it was begun with. */
export interface Begun {
  durable: Durable;
  head: Pick<RunHead, "input" | "session" | "sessionVersion" | "always">;
  /** What was said in its session before. */
  history: readonly Message[];
  conclude?(ending: Ending): Promise<void>;
}

const keptBy = (journal: Journal, history: readonly Message[] = []): Begun => ({
  durable: journal,
  head: journal.head,
  history,
  conclude: (ending) => conclude(journal, ending),
});

/** @throws RunError */
export async function carryOut(
  definition: Definition,
  store: Store,
  { durable, head, history, conclude }: Begun,
  options: Pick<RunOptions, "context" | "signal" | "approve">,
  outlet?: Outlet,
): Promise<Run> {
  const { runId } = durable;
  const { session } = head;
  const emit: Emit = outlet ? (event) => outlet.emit(event) : () => undefined;
  const stopWhen = definition.stopWhen ?? defaultConditions;
  const run = new ActiveRun({
    durable,
    shared: sharedOf(definition, store, session, head.always, options),
    budget: new Budget(stopWhen),
    signal: options.signal ?? endless,
    emit,
    streaming: outlet !== undefined,
    agent: { ...definition, stopWhen },
    path: definition.name,
    input: head.input as unknown as Message[],
    history,
  });
  emit({ type: "run_start", runId, agent: definition.name });
  let ended: Ending | undefined;
  try {
    const span = () => runSpan(run);
    const ending = await run.observe(span, async (end) => {
      const own = await conduct(run);
      ended = own;
      if (own.status !== "waiting" && session !== undefined) await keepInSession(run, store, head);
      await conclude?.(own);
      end(() => runEnd(run, own));
      return own;
    });
    emit({ type: "run_end", runId, status: ending.status });
    return runFrom(run, ending);
  } catch (error) {
    throw broken(run, error, ended);
  }
}

export function sharedOf(
  { observe = unobserved }: Definition,
  store: Store,
  session: string | undefined,
  always: { [key: string]: "approve" | "reject" } = {},
  { context, approve }: Pick<RunOptions, "context" | "approve">,
): Shared {
  return {
    store,
    context,
    session,
    approve,
    observe,
    conduct,
    always: new Map(Object.entries(always)),
    async keepAlways(key, action) {
      if (session !== undefined) await keepStanding(store, session, key, action);
    },
  };
}

/** The end is written once, so that whoever lists runs need not do them again to know. */
async function conclude(journal: Journal, ending: Ending): Promise<void> {
  const last = journal.entries.at(-1);
  if (last?.type === "end" && last.status === ending.status) return;
  const reason = "message" in ending ? ending.message : undefined;
  await journal.write({
    type: "end",
    status: ending.status,
    ...(reason && { reason }),
    at: Date.now(),
  });
}

function runFrom(run: ActiveRun, ending: Ending): Run {
  const text = run.lastText;
  const { runId, usage, cost } = run;
  const made = {
    runId,
    agent: run.owner.name,
    status: ending.status,
    output:
      ending.status === "done"
        ? ending.output
        : run.owner.output || ending.status === "blocked"
          ? undefined
          : text,
    text,
    ...(ending.status === "stopped" && {
      stoppedBy: { condition: ending.condition, message: ending.message },
    }),
    ...(ending.status === "blocked" && {
      stoppedBy: { condition: "guardrail", message: ending.message },
    }),
    pending: ending.status === "waiting" ? ending.pending : [],
    messages: run.added,
    steps: run.steps,
    plan: [...((run.state.get(planKey) ?? []) as unknown as PlanItem[])],
    usage,
    ...(cost !== undefined && { cost }),
    ledger: ledgerOf(run),
    state: { v: stateVersion, runId, entries: [...run.durable.entries] },
  };
  return withPage(made, run.shared.store);
}

/** @param problem why it broke off */
function withPage(made: Omit<Run, "toHTML">, store: Store, problem?: string): Run {
  return Object.defineProperty(made as Run, "toHTML", {
    value: async () =>
      (await import("./timeline/timeline.ts")).timeline(made as Run, store, problem),
  });
}

/**
 * A run that broke off, with what there is of it.
 * @param ending where it came to one, which could not be kept
 */
function broken(
  run: ActiveRun,
  error: unknown,
  ending: Ending = { status: "stopped", condition: "error", message: "" },
): RunError {
  const { runId, signal } = run;
  const partial = runFrom(run, ending);
  const failed = (message: string, code: RunErrorCode, cause: unknown) => {
    const soFar = withPage({ ...partial }, run.shared.store, message);
    return new RunError(message, code, runId, cause, soFar);
  };
  if (error instanceof RunError) return failed(error.message, error.code, error.cause);
  const said = messageOf(error);
  const resume = `Go on with agent.resume("${runId}").`;
  if (signal.aborted) {
    return failed(`The run ${runId} was aborted. ${resume}`, "aborted", error);
  }
  if (error instanceof StoreError) return failed(`${said} ${resume}`, "store", error);
  const at = `${run.agent.name}, step ${run.steps.length + 1}`;
  return failed(`The run ${runId} broke off (${at}): ${said} ${resume}`, "failed", error);
}

/** Failures of the store before there is a run. */
async function guarded<T>(runId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new RunError(
      `The run ${runId} could not be read: ${error.message}`,
      "store",
      runId,
      error,
    );
  }
}
