import { build } from "../../tsup.config.base.ts";

export default build({ external: [/^node:/], removeNodeProtocol: false });
