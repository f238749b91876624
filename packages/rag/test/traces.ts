/** Traces made by hand, with every kind of step. Nothing in them is a model's. */
import type { Answer, Passage, TraceStep } from "../src/index.ts";

/** A passage of one chunk; `start` tells it from its neighbours. */
export function passage(
  source: string,
  start: number,
  text: string,
  scores: Record<string, number> = {},
  more: Partial<Passage["chunk"]> = {},
): Passage {
  const end = start + text.length;
  return {
    chunk: {
      ...{ id: `${source}#${start}`, source, index: start / 100, text, raw: text, start, end },
      ...{ headings: [], metadata: {}, ...more },
    },
    ...{ text, start, end, score: 0, scores },
  };
}

/** What the steps give is up to the test; the rest is as of a question without a history. */
export function answerOf(
  text: string,
  passages: readonly Passage[],
  steps: TraceStep[],
  more: Partial<Answer["trace"]> = {},
): Answer {
  const numbers = [...text.matchAll(/\[(\d+)\]/g)].map(([, digits]) => Number(digits));
  return {
    ...{ text, known: true, passages },
    citations: numbers.flatMap((number) => {
      const one = passages[number - 1];
      if (!one) return [];
      const { source, headings } = one.chunk;
      return [{ number, source, headings, start: one.start, end: one.end, text: one.text }];
    }),
    trace: {
      ...{ question: "Q?", history: [], query: "Q?", retrievalMs: 40, passages },
      unresolved: numbers.filter((number) => !passages[number - 1]),
      ...{ steps, calls: [], warnings: [], ...more },
    },
  };
}

/** A follow-up, expanded into three queries, searched, fused, led by a graph and a tree, re-ranked, one step of it failing. */
export function eventful(evil = ""): Answer {
  const topics = ["Leave", "Carry-over", "Sick leave", "Public holidays", "Notice", "Pay", "Dogs"];
  const all = Array.from({ length: 24 }, (_, i) => {
    const topic = topics[i % topics.length]!;
    const text = `${topic}: paragraph ${i + 1} of the handbook. ${"Unused days lapse at the end of March of the following year unless the manager agrees in writing. ".repeat(1 + (i % 3))}${evil}`;
    const scores = { dense: 0.83 - i * 0.02, ...(i % 3 !== 1 && { words: 11.4 - i * 0.4 }) };
    return passage(
      `handbook/${topic.toLowerCase().replace(" ", "-")}.md${evil}`,
      i * 100,
      text,
      scores,
      {
        headings: ["Handbook", `${topic}${evil}`],
        ...(i % 4 === 0 && { page: i + 1 }),
      },
    );
  });
  const pick = (...at: number[]) => at.map((i) => all[i]!);
  const found = [
    pick(0, 1, 2, 3, 4, 5, 6, 7),
    pick(2, 8, 9, 0, 10, 11, 1, 12),
    pick(13, 2, 14, 15, 3, 16),
  ];
  const queries = [
    `When does my leave of thirty days end?${evil}`,
    "Until when can unused vacation be carried over?",
    "Expiry of annual leave in the handbook",
  ];
  const fused = pick(2, 0, 13, 1, 3, 8, 9, 4, 14, 5, 15, 10, 6, 11, 7, 16, 12);
  const graded = (i: number, rerank: number): Passage => {
    const one = all[i]!;
    return { ...one, scores: { ...one.scores, rerank } as Passage["scores"] };
  };
  const kept = [
    graded(1, 0.97),
    graded(14, 0.91),
    graded(2, 0.72),
    graded(0, 0.6),
    graded(8, 0.31),
  ];
  const system = { role: "system" as const, content: `Answer from the passages.${evil}` };
  const usage = (prompt_tokens: number, completion_tokens: number) => {
    return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  };
  const call = (purpose: string, at: number, ms: number, more: object = {}) => ({
    ...{ purpose, at, ms, model: "openai/gpt-6-luna", reply: `The reply of ${purpose}.${evil}` },
    messages: [system, { role: "user" as const, content: `The prompt of ${purpose}.${evil}` }],
    ...{ usage: usage(420, 60), cost: 0.00031, ...more },
  });
  const answer = answerOf(
    `Unused days lapse at the end of March of the following year [1][2], unless your manager agrees in writing [1]. Also [9].${evil}`,
    kept,
    [
      ...queries.map((query, i) => ({
        ...{ technique: "retriever", queries: [query], at: 860 + i * 12, ms: 90 + i * 35 },
        given: [...found[i]!, ...all.slice(17)],
        found: found[i]!,
      })),
      {
        ...{ technique: "expandQueries", queries, given: found.flat(), found: fused },
        at: 350,
        ms: 690,
      },
      {
        ...{ technique: "graphSearch", queries: [queries[0]!], found: fused, at: 1040, ms: 110 },
        nodes: [
          { id: "e1", kind: "entity", text: `Unused leave${evil}`, score: 0.93 },
          { id: "e2", kind: "entity", text: "Manager", score: 0.61 },
          { id: "r1", kind: "relation", text: "Unused leave lapses at the end of March" },
          {
            id: "s2",
            kind: "summary",
            level: 2,
            text: "Absence from work and what becomes of it",
            score: 0.8,
          },
          { id: "s1", kind: "summary", level: 1, text: "How leave is carried over", score: 0.88 },
        ],
      },
      {
        technique: "retriever",
        queries: [queries[0]!],
        at: 1150,
        ms: 2,
        found: [],
        fallback: `The tree has no nodes.${evil}`,
      },
      { ...{ technique: "rerank", given: fused, found: kept, at: 1150, ms: 640 } },
    ],
    {
      question: `And when does it end?${evil}`,
      query: queries[0]!,
      history: [
        { role: "user", content: `How many days of leave do I have?${evil}` },
        { role: "assistant", content: "Thirty [1]." },
      ],
      retrievalMs: 1440,
      calls: [
        call("condense", 0, 350),
        call("expandQueries", 350, 500),
        call("rerank", 1160, 620, { usage: usage(5200, 190), cost: 0.0024 }),
        call("answer", 1800, 1270, { usage: usage(1830, 74), cost: 0.0011 }),
      ],
      warnings: [`rerank: the reply named a passage that there is not.${evil}`],
    },
  );
  return { ...answer, usage: usage(7870, 384), cost: 0.00412 };
}
