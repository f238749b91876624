/** A conversation that grows too long for its model is summarised. */
import type { ActiveRun } from "./active.ts";

export async function compact(_run: ActiveRun, _step: number): Promise<void> {}
