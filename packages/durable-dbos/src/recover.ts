/** Takes over the runs of a process that has died. */
import { DBOS } from "@dbos-inc/dbos-sdk";

/**
 * Has the runs of a dead process gone on with, here or wherever DBOS is launched with the same agents. A process
 * that is launched under the same `executorID` does it by itself; this is for whoever knows that one will
 * not come back. One that is alive after all loses its runs, and does nothing more for them.
 * @param executorId the `executorID` of its `DBOS.setConfig`
 * @returns the ids of the runs, those inside runs included
 */
export async function recover(executorId: string): Promise<string[]> {
  const pending = await DBOS.listWorkflows({ executorId, status: "PENDING", loadInput: false });
  const ids = pending
    .filter(({ workflowName }) => workflowName.startsWith("polycall."))
    .map(({ workflowID }) => workflowID);
  if (ids.length > 0) await DBOS.resumeWorkflows(ids);
  return ids;
}
