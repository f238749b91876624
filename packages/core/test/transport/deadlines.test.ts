import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadlines } from "../../src/transport/deadlines.ts";
import type { Timeouts } from "../../src/transport/types.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(timeouts: Timeouts) {
  const expired: [string, number][] = [];
  const start = performance.now();
  const deadlines = new Deadlines(timeouts, (phase) => {
    expired.push([phase, Math.round(performance.now() - start)]);
  });
  return { deadlines, expired };
}

test("a phase runs out at its time and all is over", () => {
  const { deadlines, expired } = watch({ connect: 100, total: 500 });
  deadlines.enter("connect");
  vi.advanceTimersByTime(99);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual([["connect", 100]]);
  expect(vi.getTimerCount()).toBe(0);
  deadlines.enter("idle");
  vi.advanceTimersByTime(1000);
  expect(expired).toEqual([["connect", 100]]);
});

test("a later deadline takes the place of an earlier one, and an earlier of a later", () => {
  const { deadlines, expired } = watch({ connect: 100, firstByte: 1000, idle: 50 });
  deadlines.enter("connect");
  vi.advanceTimersByTime(50);
  deadlines.enter("firstByte"); // due at 1050
  vi.advanceTimersByTime(900); // 950
  expect(expired).toEqual([]);
  deadlines.enter("idle"); // due at 1000
  vi.advanceTimersByTime(49);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual([["idle", 1000]]);
});

test("nothing runs out at rest but the total", () => {
  const { deadlines, expired } = watch({ idle: 10, total: 500 });
  deadlines.enter("idle");
  deadlines.rest();
  vi.advanceTimersByTime(499);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual([["total", 500]]);
});

test("the total goes on under every phase", () => {
  const { deadlines, expired } = watch({ connect: 40, firstByte: 40, idle: 40, total: 100 });
  deadlines.enter("connect");
  for (let at = 0; at < 100; at += 20) {
    vi.advanceTimersByTime(20);
    deadlines.enter("idle");
  }
  expect(expired).toEqual([["total", 100]]);
});

test("a thousand waits set a handful of timers", () => {
  const set = vi.spyOn(globalThis, "setTimeout");
  const { deadlines, expired } = watch({ idle: 100 });
  for (let i = 0; i < 1000; i++) {
    deadlines.enter("idle");
    vi.advanceTimersByTime(1);
    deadlines.rest();
  }
  // One for every 100 ms that pass, since it is only set again when it rings too early.
  expect(set.mock.calls.length).toBeLessThanOrEqual(12);
  expect(expired).toEqual([]);
});

test("none are set without timeouts, and none are left after stop", () => {
  const none = watch({});
  none.deadlines.enter("connect");
  expect(vi.getTimerCount()).toBe(0);
  const { deadlines, expired } = watch({ connect: 10, total: 20 });
  deadlines.enter("connect");
  expect(vi.getTimerCount()).toBe(1);
  deadlines.stop();
  expect(vi.getTimerCount()).toBe(0);
  deadlines.enter("connect");
  vi.advanceTimersByTime(100);
  expect(expired).toEqual([]);
});

test("null, which JavaScript may give for nothing, is no limit", () => {
  const none = { connect: null, firstByte: null, idle: null, total: null };
  const { deadlines, expired } = watch(none as unknown as Timeouts);
  for (const phase of ["connect", "firstByte", "idle"] as const) deadlines.enter(phase);
  vi.advanceTimersByTime(1000);
  expect(expired).toEqual([]);
});

test("a timeout longer than a timer can be does not ring at once", () => {
  const { deadlines, expired } = watch({ total: 2 ** 31 + 1000 });
  deadlines.enter("idle");
  vi.advanceTimersByTime(2 ** 31);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(expired).toEqual([["total", 2 ** 31 + 1000]]);
});
