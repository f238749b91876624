/** What a process holds open, and what must be gone when its calls have ended. */
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";

const open = (kind: RegExp) =>
  process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
const sockets = () => open(/^TCP(Socket)?Wrap$/);
const timers = () => open(/^Timeout$/);

/** The signal's listeners, without a hold on those that are gone. */
function watchListeners(signal: AbortSignal) {
  const seen = { added: 0, live: new Set<unknown>() };
  const add = signal.addEventListener;
  const remove = signal.removeEventListener;
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    seen.added++;
    seen.live.add(args[1]);
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    seen.live.delete(args[1]);
    remove.apply(signal, args);
  };
  return seen;
}

/**
 * Looks at what is open now.
 * @param signal one that outlives every call
 * @param most.kept connections that may stay open for the next calls; some do
 * @param most.withoutServer only the caller's end is on this thread, and is not listed while idle
 * @param most.listeners how many were added to the signal at least
 * @returns holds that nothing else has stayed: no timer, no listener, no warning of Node's
 */
export function watchResources(
  signal: AbortSignal,
  most: { kept: number; listeners: number; withoutServer?: boolean },
): () => Promise<void> {
  const listeners = watchListeners(signal);
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
  const before = { sockets: sockets(), timers: timers() };
  const kept = () => (sockets() - before.sockets) / (most.withoutServer ? 1 : 2);
  const left = () => timers() - before.timers;
  return async () => {
    // No timer of the test's own runs while it looks.
    for (let i = 0; i < 100 && (kept() > most.kept || left() > 0); i++) await pause(20);
    expect(left()).toBeLessThanOrEqual(0);
    expect(kept()).toBeLessThanOrEqual(most.kept);
    if (!most.withoutServer) expect(kept()).toBeGreaterThan(0);
    expect(listeners.added).toBeGreaterThan(most.listeners);
    expect(listeners.live.size).toBe(0);
    expect(warnings).toEqual([]);
  };
}
