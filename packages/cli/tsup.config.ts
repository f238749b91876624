import { build } from "../../tsup.config.base.ts";

// Each command in a chunk of its own, loaded on first use.
export default build({ platform: "node", splitting: true, shims: true });
