import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line, `Tests: N passed, N failed, N skipped`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const n = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const m of modules) {
      if (!m.ok() && m.errors().length) n.failed++;
      for (const t of m.children.allTests()) n[t.result().state]++;
    }
    setTimeout(
      () => console.log(`Tests: ${n.passed} passed, ${n.failed} failed, ${n.skipped} skipped`),
      0,
    );
  }
}
