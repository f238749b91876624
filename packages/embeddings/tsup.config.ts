import { build } from "../../tsup.config.base.ts";

export default build({
  entry: ["src/index.ts", "src/node/index.ts", "src/no-node.ts", "src/plot.ts"],
  // Node has no "sqlite" without "node:" before it.
  external: [/^node:/, "#node"],
  removeNodeProtocol: false,
  splitting: true,
});
