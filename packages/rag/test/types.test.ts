/** What the compiler tells a user of a knowledge base. */
import type { AnyTool } from "@polycall/core";
import { expectTypeOf, test } from "vitest";
import type { Answer, AnswerStream, KnowledgeBase, Passage, SourceDocument } from "../src/index.ts";

declare const kb: KnowledgeBase;

test("ask() gives an answer, or a stream where that is asked for", () => {
  const check = () => {
    expectTypeOf(kb.ask("?")).resolves.toEqualTypeOf<Answer>();
    expectTypeOf(kb.ask("?", { history: [] })).resolves.toEqualTypeOf<Answer>();
    expectTypeOf(kb.ask("?", { stream: true })).toEqualTypeOf<AnswerStream>();
    expectTypeOf(kb.invoke({ question: "?" })).resolves.toEqualTypeOf<Answer>();
    expectTypeOf(kb.retriever({ mode: "dense" }).retrieve("?")).resolves.toEqualTypeOf<Passage[]>();
    expectTypeOf(kb.asTool()).toEqualTypeOf<AnyTool>();
    // @ts-expect-error a mode that there is not
    kb.retriever({ mode: "semantic" });
    // @ts-expect-error a misspelt option
    kb.ask("?", { histroy: [] });
    // @ts-expect-error invoke() streams nothing
    kb.invoke({ question: "?", stream: true });
  };
  expectTypeOf(check).toBeFunction();
});

test("ingest() takes patterns and documents, and nothing else", () => {
  const check = (documents: AsyncIterable<SourceDocument>) => {
    kb.ingest("docs/**");
    kb.ingest(["docs", "notes/*.md"]);
    kb.ingest([{ source: "a", text: "b", metadata: { year: 2026, tags: ["x"] } }]);
    kb.ingest(documents);
    // @ts-expect-error metadata is flat
    kb.ingest([{ source: "a", text: "b", metadata: { nested: { deep: 1 } } }]);
    // @ts-expect-error a document has a source
    kb.ingest([{ text: "b" }]);
  };
  expectTypeOf(check).toBeFunction();
});
