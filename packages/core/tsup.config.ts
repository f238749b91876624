import { build } from "../../tsup.config.base.ts";

export default build({
  entry: [
    "src/index.ts",
    "src/capabilities/index.ts",
    "src/transport/node.ts",
    "src/transport/fetch.ts",
  ],
  external: ["#transport"],
});
