/** Answers with citations, judged by a model. */
import {
  evaluateAnswers,
  knowledgeBase,
  type LanguageModel,
  memoryStore,
  recursiveChunker,
  type TestQuestion,
} from "@polycall/rag";
import type { PolycallClient } from "polycall";
import { spread } from "../context.ts";
import { hashing } from "../encoders.ts";
import type { Row } from "../row.ts";

export const answers: Row = {
  name: "answers",
  title: "Answers, judged",
  needs: "model",
  about:
    "`evaluateAnswers()` on a knowledge base of chunking_evaluation (chunks of 1600 characters, five by words): the excerpts are the reference. The model that answers is the one that judges, which favours it.",
  async run(context) {
    const { documents, questions } = await context.excerpts();
    const texts = new Map(documents.map(({ source, text }) => [source, text]));
    const base = knowledgeBase({
      ...{ embedding: hashing, store: memoryStore(), chunker: recursiveChunker({ size: 1600 }) },
      ...{ model: context.model.model, client: asked(context.model) },
      retrieval: { mode: "words", k: 5 },
    });
    await base.ingest([...documents]);
    const testSet = spread(questions, context.questions).map(
      ({ id, text, source, excerpts }): TestQuestion => ({
        ...{ id, question: text, sources: [source] },
        reference: excerpts
          .map(({ start, end }) => texts.get(source)!.slice(start, end))
          .join("\n"),
      }),
    );
    const { overall } = await evaluateAnswers(base, testSet, { model: context.model });
    await base.close();
    return Object.entries(overall.scores).flatMap(([judge, { mean, n, nFailed, nNothing }]) =>
      mean === null
        ? []
        : [
            {
              ...{ set: "chunking_evaluation", label: judge },
              scores: { score: { value: mean } },
              facts: { judged: n, failed: nFailed, "nothing to judge": nNothing },
            },
          ],
    );
  },
};

/** A client whose completions are the model's: within its bound, kept, and part of the estimate. */
function asked(model: LanguageModel): Pick<PolycallClient, "completion" | "embedding"> {
  const completion = async ({ messages }: { messages: never[] }) => {
    const text = await model.ask({ purpose: "answer", messages });
    return { text: text ?? "" };
  };
  // The knowledge base has an encoder of its own: nothing is embedded through this.
  return { completion } as unknown as PolycallClient;
}
