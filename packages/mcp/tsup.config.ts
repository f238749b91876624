import { defineConfig } from "tsup";
import base from "../../tsup.config.base.ts";

// What only Node has, and the SDK, are chunks of their own, loaded on first use.
export default defineConfig({
  ...base,
  entry: ["src/index.ts", "src/node/index.ts", "src/no-node.ts"],
  external: ["#node"],
  splitting: true,
});
