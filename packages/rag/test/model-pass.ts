/**
 * A process in which a model goes over a corpus: `node model-pass.ts PROVIDERS FOLDER`. It builds the tree
 * and the graph of the knowledge base in FOLDER, keeps the model's replies there, too, and prints both reports.
 */
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { createClient } from "polycall";
import {
  fileReplies,
  graphFile,
  graphRag,
  languageModel,
  raptor,
  sqliteStore,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

const [providers, folder] = process.argv.slice(2) as [string, string];
const replies = fileReplies(join(folder, "replies.sqlite"));
const model = languageModel({
  model: "openai/gpt-6-luna",
  client: createClient({ providers: JSON.parse(providers), defaults: { maxRetries: 0 } }),
  cache: replies,
});
const file = (name: string) => sqliteStore({ path: join(folder, name), index: false });
const of = { store: file("kb.sqlite"), encoder: hashingEncoder() };
const tree = raptor({ of, model, store: file("tree.sqlite"), size: 200 });
const graph = graphRag({ of, model, records: graphFile(join(folder, "graph.sqlite")) });
/** Who is killed writes nothing of what it has compiled. */
const onProgress = () => void flushCompileCache();
console.log(JSON.stringify({ tree: await tree.build({ onProgress }), graph: await graph.build() }));
await tree.close();
graph.close();
await of.store.close();
replies.close();
