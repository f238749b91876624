import { build } from "../../tsup.config.base.ts";

// What only Node has, and the SDK, are chunks of their own, loaded on first use.
export default build({
  entry: ["src/index.ts", "src/node/index.ts", "src/no-node.ts"],
  external: ["#node"],
  splitting: true,
});
