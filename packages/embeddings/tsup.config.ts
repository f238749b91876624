import { defineConfig } from "tsup";
import base from "../../tsup.config.base.ts";

export default defineConfig({
  ...base,
  entry: ["src/index.ts", "src/node/index.ts", "src/no-node.ts", "src/plot.ts"],
  // Node has no "sqlite" without "node:" before it.
  external: [/^node:/, "#node"],
  removeNodeProtocol: false,
  splitting: true,
});
