import { build } from "../../tsup.config.base.ts";

export default build({
  entry: [
    "src/index.ts",
    "src/graph/no-file.ts",
    "src/ingest/no-folder.ts",
    "src/model/no-replies.ts",
    "src/node/beir.ts",
    "src/node/excerpts.ts",
    "src/node/folder.ts",
    "src/node/graph-file.ts",
    "src/node/replies.ts",
    "src/node/sqlite.ts",
    "src/queue/index.ts",
    "src/stores/chroma.ts",
    "src/stores/elasticsearch.ts",
    "src/stores/lancedb.ts",
    "src/stores/no-sqlite.ts",
    "src/stores/pinecone.ts",
    "src/stores/postgres.ts",
    "src/stores/qdrant.ts",
    "src/stores/redis.ts",
  ],
  // Node has no "sqlite" without "node:" before it.
  external: [/^node:/, "#folder", "#graph", "#replies", "#sqlite"],
  removeNodeProtocol: false,
});
