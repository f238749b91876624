/** The embedding model whose key is there, beside those from npm. */
import { encoder as servedBy } from "@polycall/embeddings";
import { compareEncoders } from "@polycall/rag";
import { costOf, models } from "polycall/models";
import { textOf } from "../context.ts";
import type { Entry, Row } from "../row.ts";
import { entriesOf } from "./encoders.ts";

const variable = "POLYCALL_QUALITY_EMBEDDING";
const example = "openai/text-embedding-3-small";

export const encoderApi: Row = {
  name: "encoder-api",
  title: "An encoder behind an API",
  needs: "embedding key",
  about:
    "`compareEncoders()` as above, with the embedding model that is named, and USE-lite beside it.",
  variables: ["OPENAI_API_KEY=…", `${variable}=${example}`],
  async run(context) {
    const model = process.env[variable] ?? example;
    const entries: Entry[] = [];
    for (const name of context.sets) {
      const corpus = await context.corpus(name);
      const characters = [
        ...corpus.documents.map(textOf),
        ...corpus.queries.map(({ text }) => text),
      ].reduce((sum, text) => sum + text.length, 0);
      const tokens = Math.ceil(characters / 4);
      const price = models.get(model)?.price;
      const usage = {
        prompt_tokens: tokens,
        completion_tokens: 0,
        total_tokens: tokens,
      };
      const cost = price && costOf(usage, price);
      console.log(
        `${name}: about ${tokens} tokens to ${model}, ${cost ? `$${cost.total.toFixed(3)}` : "at an unknown price"}`,
      );
      if (cost && cost.total > context.maxCost) throw new Error("That is beyond --max-cost.");
      const compared = await compareEncoders(
        [context.sentences(), servedBy({ model, cache: context.cache })],
        corpus,
      );
      entries.push(...entriesOf(name, ["USE-lite", model], compared, await context.baseline(name)));
    }
    return entries;
  },
};
