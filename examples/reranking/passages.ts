/** A library's rules, found by their words: a retriever is anything with `retrieve(query)`. */
import { bm25Index, type Retriever } from "@polycall/rag";

export const passages = [
  "A long book is heavy: carry a long book with both hands.",
  "You may keep a borrowed book for four weeks, and then renew it once.",
  "How to keep books dry: never put a book beside a window that is open.",
  "Newspapers and maps are not borrowed: you may read them here for as long as you like.",
  "A book that was borrowed and is late costs ten cents a day.",
  "The reading room may be full at noon; how long you wait depends on the day.",
  "Children borrow with the card of a parent.",
];

const index = bm25Index();
passages.forEach((text, i) => {
  index.add(String(i), text);
});

export const byWords: Retriever = {
  async retrieve(query, { k = 8 } = {}) {
    return index.search(query, { k }).map(({ id, score }) => {
      const text = passages[Number(id)]!;
      const [start, end] = [0, text.length];
      const chunk = { ...{ id, source: `rule ${id}`, index: 0, text, raw: text }, start, end };
      return {
        chunk: { ...chunk, headings: [], metadata: {} },
        ...{ text, start, end, score, scores: { words: score } },
      };
    });
  },
};
