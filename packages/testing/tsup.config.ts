import { build } from "../../tsup.config.base.ts";

export default build({ entry: ["src/index.ts", "src/msw.ts"] });
