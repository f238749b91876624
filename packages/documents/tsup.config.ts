import { build } from "../../tsup.config.base.ts";

export default build({
  // The thread's program is a file of its own: it is started by its path.
  entry: ["src/index.ts", "src/worker.ts"],
  external: [/^node:/],
  removeNodeProtocol: false,
  shims: true,
});
