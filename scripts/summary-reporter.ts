/** Ends a test run with one plain line, `Tests: N passed, N failed, N skipped`, for CI to read. */
import type { Reporter, TestModule } from "vitest/node";

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const line = summary(modules, errors);
    // After the default reporter's own summary, which it prints in this same turn.
    setTimeout(() => console.log(line), 0);
  }
}

/** The closing line. A file that could not be read and an error outside any test count as failed. */
export function summary(modules: readonly TestModule[], errors: readonly unknown[]): string {
  const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
  for (const module of modules) {
    count.failed += module.errors().length;
    for (const test of module.children.allTests()) count[test.result().state]++;
  }
  return `Tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}
