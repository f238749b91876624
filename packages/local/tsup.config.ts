import { build } from "../../tsup.config.base.ts";

export default build({
  entry: ["src/index.ts", "src/node/index.ts", "src/no-node.ts"],
  external: ["#node"],
  splitting: true,
});
