import { defineConfig } from "tsup";
import base from "../../tsup.config.base.ts";

export default defineConfig({
  ...base,
  entry: [
    "src/index.ts",
    "src/node/sqlite.ts",
    "src/stores/no-sqlite.ts",
    "src/stores/chroma.ts",
    "src/stores/elasticsearch.ts",
    "src/stores/lancedb.ts",
    "src/stores/postgres.ts",
    "src/stores/qdrant.ts",
  ],
  // Node has no "sqlite" without "node:" before it.
  external: [/^node:/, "#sqlite"],
  removeNodeProtocol: false,
});
