/** `dbosAgent()`: an agent as a workflow of DBOS, and what else a run needs from any process. */
import { AsyncLocalStorage } from "node:async_hooks";
import { DBOS, type WorkflowHandle } from "@dbos-inc/dbos-sdk";
import {
  type AnyAgent,
  type ApprovalRequest,
  type Decision,
  type Json,
  type Run,
  RunError,
  type RunInput,
} from "@polycall/agent";
import {
  agentsOf,
  type ChildRun,
  checkDecision,
  conductInside,
  conductOver,
  type Durable,
  runOf,
} from "@polycall/agent/durable";
import { InvalidRequestError } from "@polycall/core";
import { DbosMemory, thrownByDbos, type Work } from "./memory.ts";

export interface DbosAgentOptions {
  /** What the tools of this process are given as `context`. Never written down. */
  context?: unknown;
}

type WorkflowParams = NonNullable<Parameters<typeof DBOS.startWorkflow>[1]>;

export interface StartOptions extends Omit<WorkflowParams, "workflowID"> {
  /** Names the run, and its workflow. The same id again is the same run. Default: a random one. */
  runId?: string;
  /** The conversation that the run belongs to; the agent's `store` has to be one that all processes share. */
  session?: string;
}

/** What a run comes to. Its state is DBOS's. */
export type DbosRun<Output = unknown> = Omit<Run<Output>, "state">;

export interface DbosAgent<Output = unknown> {
  /** Starts a run in the background: it goes on when this process dies. */
  start(input: RunInput, options?: StartOptions): Promise<WorkflowHandle<DbosRun<Output>>>;
  /** Starts a run, and waits until it has ended: questions to a person are waited for, too. */
  run(input: RunInput, options?: StartOptions): Promise<DbosRun<Output>>;
  /** What a run asks, its sub-agents included. */
  pending(runId: string): Promise<ApprovalRequest[]>;
  /** Answers what a run asks, from any process. Of two answers to a question the first one counts. */
  decide(runId: string, decisions: { readonly [id: string]: Decision }): Promise<void>;
  /**
   * Goes on with a run that broke off or was stopped, from the step that did not come to its end.
   * @throws RunError "missing"
   */
  resume(runId: string): Promise<WorkflowHandle<DbosRun<Output>>>;
}

/** What the workflow of a run is given. */
interface Job {
  input: RunInput;
  session?: string;
  /** It is a run inside a run. */
  child?: ChildRun;
}

/** Leaves the workflow that it is called in, so that DBOS counts no step of it. */
type Outside = <T>(work: () => T) => T;

/**
 * Registers the agent with DBOS: call it before `DBOS.launch()`, in each process.
 * @throws InvalidRequestError where two agents that it can reach have one name
 */
export function dbosAgent<Output = unknown>(
  agent: AnyAgent & { run(...args: never[]): Promise<Run<Output>> },
  options: DbosAgentOptions = {},
): DbosAgent<Output> {
  agentsOf(agent);
  const outside: Outside = AsyncLocalStorage.snapshot();
  /** Runs inside runs whose callers are in this process, and so share their budgets with them. */
  const called = new Map<string, Work>();

  async function carryOut({ input, session, child }: Job): Promise<Json> {
    const runId = DBOS.workflowID!;
    const startChild = async (inner: ChildRun, work: Work): Promise<Json> => {
      called.set(inner.runId, work);
      try {
        const job: Job = {
          input: inner.input,
          child: inner,
          ...(session !== undefined && { session }),
        };
        const handle = await DBOS.startWorkflow(workflow, { workflowID: inner.runId })(job);
        return await outside(() => handle.getResult({ pollingIntervalMs: 200 }));
      } finally {
        called.delete(inner.runId);
      }
    };
    const durable = new DbosMemory(runId, startChild);
    const given = { context: options.context, ...(session !== undefined && { session }) };
    try {
      if (child) return await inside(durable, child, given);
      const { state: _, ...run } = await conductOver(agent, durable, input, given);
      return run as unknown as Json;
    } catch (error) {
      throw error instanceof RunError ? cause(error) : error;
    }
  }

  const inside = (durable: Durable, child: ChildRun, given: { context: unknown }) => {
    const work = called.get(child.runId);
    return work ? work(durable, child.input) : conductInside(agent, durable, child, given);
  };

  const workflow = DBOS.registerWorkflow(carryOut, { name: `polycall.${agent.name}` });

  const start = async (input: RunInput, { runId, session, ...params }: StartOptions = {}) => {
    const job: Job = { input, ...(session !== undefined && { session }) };
    const workflowID = runId ?? crypto.randomUUID();
    const handle = await DBOS.startWorkflow(workflow, { ...params, workflowID })(job);
    return handle as unknown as WorkflowHandle<DbosRun<Output>>;
  };

  return {
    start,
    run: async (input, given) => (await start(input, given)).getResult(),
    pending,
    decide,
    resume: (runId) => resume(runId) as Promise<WorkflowHandle<DbosRun<Output>>>,
  };
}

/** What DBOS itself has thrown it needs to see again. */
function cause(error: RunError): unknown {
  return thrownByDbos.has(error.cause as object) ? error.cause : error;
}

async function pending(runId: string): Promise<ApprovalRequest[]> {
  const inner = await DBOS.listWorkflows({ workflow_id_prefix: `${runId}/`, loadInput: false });
  const runs = [runId, ...inner.map(({ workflowID }) => workflowID)];
  const asked: ApprovalRequest[] = [];
  for (const id of runs) asked.push(...(await askedBy(id)));
  return asked;
}

async function askedBy(runId: string): Promise<ApprovalRequest[]> {
  const steps = (await DBOS.listWorkflowSteps(runId)) ?? [];
  const answered = new Set(steps.map(({ name }) => name));
  return steps
    .filter(({ name }) => name.startsWith("ask "))
    .map(({ output }) => output as ApprovalRequest)
    .filter(({ id }) => !answered.has(`answer ${id}`));
}

async function decide(
  runId: string,
  decisions: { readonly [id: string]: Decision },
): Promise<void> {
  const asked = new Set((await pending(runId)).map(({ id }) => id));
  for (const [id, decision] of Object.entries(decisions)) {
    checkDecision(decision, id);
    if (asked.has(id)) continue;
    throw new InvalidRequestError(
      `The run ${runId} does not ask "${id}"${asked.size ? `. It asks: ${[...asked].join(", ")}` : ", or anything else"}.`,
      { param: "decisions" },
    );
  }
  for (const [id, decision] of Object.entries(decisions)) {
    await DBOS.send(runOf(id), decision, id, id);
  }
}

async function resume(runId: string): Promise<WorkflowHandle<unknown>> {
  const status = await DBOS.getWorkflowStatus(runId);
  if (!status) throw new RunError(`There is no run ${runId} in DBOS.`, "missing", runId);
  const broken = ((await DBOS.listWorkflowSteps(runId)) ?? []).find(({ output, error }) => {
    const { failed, stopped } = (output ?? {}) as { [key in "failed" | "stopped"]?: unknown };
    return error || failed || stopped;
  });
  if (broken && (status.status === "ERROR" || status.status === "SUCCESS"))
    return DBOS.rewindWorkflow(runId, { startStep: broken.functionID });
  return DBOS.resumeWorkflow(runId);
}
