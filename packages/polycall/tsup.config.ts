import { build } from "../../tsup.config.base.ts";

export default build({
  entry: ["src/index.ts", "src/local.ts", "src/models.ts", "src/no-local.ts"],
  external: ["#local"],
  // The command as it is: what it runs is found where it is installed.
  publicDir: "bin",
});
