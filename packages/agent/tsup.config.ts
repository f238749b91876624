import { build } from "../../tsup.config.base.ts";

export default build({
  entry: [
    "src/index.ts",
    "src/engine.ts",
    "src/otel/index.ts",
    "src/node/file-store.ts",
    "src/node/sqlite.ts",
    "src/node/tools/index.ts",
    "src/stores/no-file.ts",
    "src/stores/postgres.ts",
    "src/stores/redis.ts",
  ],
  // Node has no "sqlite" without "node:" before it.
  external: [/^node:/, "#file-store"],
  removeNodeProtocol: false,
  // The ready tools look for an optional package from where they stand, in CommonJS too.
  shims: true,
});
