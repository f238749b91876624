import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/summary-reporter.ts"],
    projects: readdirSync(new URL("packages", import.meta.url)).map((name) => ({
      extends: true as const,
      test: {
        name,
        root: `packages/${name}`,
        include: ["test/**/*.test.ts"],
        typecheck: {
          enabled: !!process.env.TYPETEST,
          include: ["test/**/*.test-d.ts"],
          tsconfig: "./tsconfig.json",
          checker: "tsc",
        },
        unstubEnvs: true,
        restoreMocks: true,
      },
    })),
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text", "json-summary", "lcovonly"],
      thresholds: { lines: 50 },
    },
  },
});
