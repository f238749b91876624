/**
 * How the tests run: a project for each package, then the checks of the house (`repo`)
 * and of its packages, built and packed (`published`).
 */
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Real recordings and documents that some tests read. Tests of absent data are skipped, loudly. */
const data = process.env.POLYCALL_DATA ?? fileURLToPath(new URL("../shared/data", import.meta.url));
const shared = {
  include: ["test/**/*.test.ts"],
  env: process.env.POLYCALL_DATA || existsSync(data) ? { POLYCALL_DATA: data } : {},
  unstubEnvs: true,
  unstubGlobals: true,
  restoreMocks: true,
  testTimeout: 20_000,
  hookTimeout: 30_000,
  // A second, the default, is too short where two cores run everything at once.
  expect: { poll: { timeout: 10_000 } },
};

const house = {
  ...shared,
  root: "scripts",
  // Builds and example runs would slow the unit tests beside them, so they come after.
  sequence: { groupOrder: 1 },
  testTimeout: 120_000,
  hookTimeout: 300_000,
};

const packages = readdirSync(new URL("packages", import.meta.url)).filter((name) =>
  existsSync(new URL(`packages/${name}/package.json`, import.meta.url)),
);

/**
 * Packages whose tests need a process of their own: signals, the current folder, native code. The others share
 * one, a thread for each file, which costs a third less.
 */
const processes = ["agent", "cli", "documents", "durable-dbos", "local", "mcp", "rag"];

/** Packages whose tests leave nothing behind in a module: their files share one, which costs half. */
const shares = ["anthropic", "gemini", "ollama", "openai"];

export default defineConfig({
  test: {
    // Vitest leaves one core to itself, which on a machine of two would idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", "./scripts/summary-reporter.ts"],
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: {
          ...shared,
          name,
          root: `packages/${name}`,
          pool: processes.includes(name) ? "forks" : "threads",
          isolate: !shares.includes(name),
        },
      })),
      { extends: true as const, test: { ...house, name: "repo" } },
      {
        extends: true as const,
        test: { ...house, name: "observers", root: "scripts/observers", include: ["*.test.ts"] },
      },
      {
        extends: true as const,
        test: { ...house, name: "stores", root: "scripts/stores", include: ["*.test.ts"] },
      },
      {
        extends: true as const,
        test: {
          ...house,
          name: "local-models",
          root: "scripts/local-models",
          include: ["*.test.ts"],
        },
      },
      {
        extends: true as const,
        test: {
          ...house,
          name: "published",
          include: ["published/**/*.test.ts"],
          globalSetup: ["published/install.ts"],
        },
      },
    ],
  },
});
