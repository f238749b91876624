import { defineConfig } from "tsup";
import base from "../../tsup.config.base.ts";

export default defineConfig({
  ...base,
  entry: { index: "src/index.ts", tools: "src/node/tools/index.ts" },
  // The ready tools find an optional package from where they stand, in CommonJS too.
  shims: true,
});
