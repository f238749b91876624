/** Child processes that end with this one. */
import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const hasGroups = process.platform !== "win32";

/** Whether a child is started as the head of a process group, so that what it starts ends with it. */
export const startsGroup = hasGroups;

/** Ends the child when this process ends, whichever way it can still act on. */
export function adopt(child: ChildProcess): void {
  if (running.size === 0) {
    process.on("exit", killAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  running.add(child);
  child.once("exit", () => release(child));
}

/** Sends a signal to a child and to all that it has started. */
export function signalTree(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (hasGroups) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended.
  }
}

function release(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  process.off("exit", killAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function killAll(): void {
  for (const child of running) signalTree(child, "SIGKILL");
}

/** A group of its own does not hear the terminal's Ctrl-C. Whoever else listens decides what follows. */
function onSignal(signal: NodeJS.Signals): void {
  killAll();
  if (process.listenerCount(signal) > 1) return;
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
