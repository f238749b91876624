/** Questions that lean on what was said before, rewritten to stand alone. */
import type { Message } from "@polycall/core";
import { evaluateRetriever, type Retrieve, rewriteQuery } from "@polycall/rag";
import { z } from "zod";
import { baseOf, type Context, type Corpus, entryOf, sourcesOf } from "../context.ts";
import { hashing } from "../encoders.ts";
import type { Row } from "../row.ts";

const name = "chunkeval-beir800";

const said = z.object({
  before: z.string().describe("What the user asked before: it names what both questions are about"),
  reply: z
    .string()
    .describe("What the assistant said to that, in one sentence, without the answer"),
  followUp: z.string().describe("The question as a follow-up, which does not name it again"),
});

export const rewriting: Row = {
  name: "rewriting",
  title: "Query rewriting",
  needs: "model",
  about:
    "Questions of chunking_evaluation as follow-ups in a conversation, which a model makes of them: searched for as they are, rewritten by `rewriteQuery({ model })`, and as they were before, which is the most that rewriting can reach. And questions that need no rewriting, rewritten all the same.",
  async run(context) {
    const corpus = await context.sample(name);
    const talks = await conversations(context, corpus);
    const base = await baseOf(corpus, hashing);
    const search = sourcesOf(base.retriever({ mode: "words", k: 10 }));
    const rewrite = rewriteQuery({ model: context.model });
    const rewritten = async (question: string, history: readonly Message[]) => {
      const [first] = await rewrite(question, { history });
      return first === undefined ? question : typeof first === "string" ? first : first.text;
    };
    const measure = (queryOf: (text: string) => Promise<string> | string) => {
      const retrieve: Retrieve = async (text, options) => search(await queryOf(text), options);
      return evaluateRetriever(retrieve, corpus);
    };
    const raw = await measure((text) => talks.get(text)?.followUp ?? text);
    const than = { label: "follow-ups as they are", evaluation: raw };
    const mended = await measure((text) => {
      const talk = talks.get(text);
      return talk ? rewritten(talk.followUp, talk.history) : text;
    });
    const asked = await measure((text) => text);
    const unneeded = await measure((text) => rewritten(text, talks.get(text)?.history ?? []));
    await base.close();
    const entries = [
      entryOf(name, than.label, raw),
      entryOf(name, "follow-ups, rewritten", mended, than),
      entryOf(name, "the questions themselves", asked, than),
      entryOf(name, "the questions themselves, rewritten", unneeded, than),
    ];
    const made = { "follow-ups made": talks.size };
    return entries.map((entry) => ({ ...entry, facts: { ...entry.facts, ...made } }));
  },
};

/** By the question; without those of which the model made nothing. */
async function conversations({ model }: Context, { queries }: Corpus) {
  const content =
    "Turn the question into the second one of a conversation: what was asked and said before it, and the question as somebody would ask it then, leaning on what was said.";
  const made = await Promise.all(
    queries.map(({ text }) =>
      model.ask({
        purpose: "follow-up",
        messages: [
          { role: "system", content },
          { role: "user", content: text },
        ],
        shape: said,
      }),
    ),
  );
  return new Map(
    made.flatMap((one, i) => {
      if (!one?.followUp.trim()) return [];
      const history: Message[] = [
        { role: "user", content: one.before },
        { role: "assistant", content: one.reply },
      ];
      return [[queries[i]!.text, { followUp: one.followUp, history }] as const];
    }),
  );
}
