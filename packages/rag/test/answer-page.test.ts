/** `answerToHTML()`: what it tells of each candidate, from traces made by hand and from a real question. */
import { simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { expect, test } from "vitest";
import {
  type Answer,
  answerToHTML,
  expandQueries,
  knowledgeBase,
  languageModel,
  memoryStore,
  multiQuery,
  type Reranker,
  rerankPassages,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";
import { answerOf, eventful, passage } from "./traces.ts";

const decoded = (html: string) =>
  html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
const plain = (html: string) =>
  decoded(html.replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
const section = (page: string, id: string) =>
  new RegExp(`<section id="${id}">([\\s\\S]*?)</section>`).exec(page)?.[1];
/** Each candidate's fate and chips, by its chunk. */
const candidates = (answer: Answer) =>
  Object.fromEntries(
    [
      ...section(answerToHTML(answer), "candidates")!.matchAll(
        /<details class="candidate (\w+)"[\s\S]*?<b>(.*?)<\/b>[\s\S]*?<span class="fate">(.*?)<\/span><span class="chips">(.*?)<\/summary>/g,
      ),
    ].map(([, fate, source, why, chips]) => [
      source!,
      [
        fate,
        decoded(why!),
        [...chips!.matchAll(/<span class="chip[^>]*>(.*?)</g)].map(([, chip]) => chip).join(", "),
      ],
    ]),
  );

const [a, b, c, d] = ["a", "b", "c", "d"].map((name, i) =>
  passage(`${name}.md`, i * 100, `Text of ${name}.`, { dense: 0.9 - i / 10 }),
);

test("ranks before and after, scores, and why each was lost", () => {
  const regraded = { ...c!, scores: { ...c!.scores, rerank: 0.8 } as never };
  const answer = answerOf(
    "Yes [1].",
    [regraded, a!],
    [
      { technique: "retriever", ms: 5, given: [a!, b!, c!, d!], found: [a!, b!, c!] },
      { technique: "rerank", ms: 9, given: [a!, b!, c!], found: [regraded, a!] },
    ],
  );
  expect(candidates(answer)).toEqual({
    "c.md": ["cited", "cited as [1]", "retriever 3, rerank 3 → 1 ▲ 2, dense 0.7, rerank 0.8"],
    "a.md": ["shown", "shown as [2], not cited", "retriever 1, rerank 1 → 2 ▼ 1, dense 0.9"],
    "b.md": [
      "lost",
      "dropped by rerank: at 2 of 3, 2 others passed on",
      "retriever 2, rerank 2 → out, dense 0.8",
    ],
    "d.md": [
      "lost",
      "lost in retriever: at 4 of 4, and it passes on 3",
      "retriever 4 → out, dense 0.6",
    ],
  });
});

test("what each step ranked by stands at its ranks", () => {
  const fused = { ...a!, score: 0.0328 };
  const regraded = { ...a!, score: 0.9 };
  const answer = answerOf(
    "Yes [1].",
    [regraded],
    [
      { technique: "expandQueries", ms: 5, given: [fused, b!], found: [fused] },
      { technique: "rerank", ms: 9, given: [fused], found: [regraded] },
    ],
  );
  const page = section(answerToHTML(answer), "candidates")!;
  const told = [...page.matchAll(/title="score ([\d.]+)">(\w+ [^<]*)</g)];
  expect(told.map(([, score, chip]) => [chip, score])).toEqual([
    ["expandQueries 1", "0.0328"],
    ["rerank 1", "0.9"],
    ["expandQueries 2 → out", "0"],
  ]);
});

test("a summary says what it was made from, which is what its citation names", () => {
  const summary = { ...passage("a.md", 0, "In short."), origins: [b!.chunk, c!.chunk] };
  const answer = answerOf("Yes [1].", [summary], []);
  const [one] = answer.citations;
  const page = answerToHTML({ ...answer, citations: [one!, { ...one!, source: "c.md" }] });
  expect(plain(/<ul class="tiles">[\s\S]*?<\/ul>/.exec(page)![0])).toMatch(/1 shown 1 cited$/);
  expect(plain(section(page, "passages")!)).toContain(
    "In short. made from b.md characters 100 to 110 Text of b. c.md characters 200 to 210 Text of c.",
  );
});

test("a candidate that another's text covers is told so, and one that nothing took up", () => {
  const inner = passage("a.md", 104, "of a");
  const wide = { ...passage("a.md", 100, "x"), start: 100, end: 200 };
  const steps = [
    { technique: "retriever", ms: 1, given: [wide, inner], found: [wide] },
    { technique: "expandQueries", ms: 1, found: [wide, d!] },
    { technique: "filter", ms: 1, given: [wide], found: [wide] },
  ];
  const told = Object.values(candidates(answerOf("Yes.", [wide], steps)));
  expect(told.map(([, why]) => why)).toContain(
    "expandQueries passed it on at 2; nothing took it up",
  );
  expect(section(answerToHTML(answerOf("Yes.", [wide], steps)), "candidates")).toContain(
    "within what retriever has at 1",
  );
});

test("citations are links to passages; numbers in code are none, and one that no passage has is marked", () => {
  const page = answerToHTML(answerOf("One [1, 2], two [7], `x[1]` & <b>.", [a!, b!], []));
  const text = /<div class="answer">([\s\S]*?)<\/div>/.exec(page)![1]!;
  expect(text).toContain('[<a class="cite" href="#p1">1</a>, <a class="cite" href="#p2">2</a>]');
  expect(text).toContain('<span class="cite bad"');
  expect(plain(text)).toBe("One [ 1 , 2 ], two [ 7 ], `x[1]` & <b>.");
  expect(section(page, "problems")).toContain(
    "The answer cites [7], and no passage has this number.",
  );
});

test("history, queries, nodes, prompts, what went wrong, tokens and cost", () => {
  const page = answerToHTML(eventful(), {
    verdicts: {
      contextRecall: {
        score: 0.5,
        reason: "Half.",
        parts: [{ text: "S", holds: false, reason: "R" }],
      },
      accuracy: { score: null, reason: "no JSON", failed: true },
    },
    reference: "At the end of March.",
  });
  const of = (id: string) => plain(section(page, id)!);
  expect(plain(/<ol class="history">[\s\S]*?<\/ol>/.exec(page)![0])).toBe(
    "user How many days of leave do I have? assistant Thirty [1].",
  );
  expect(of("queries")).toBe(
    "What was searched for asked And when does it end? with its conversation When does my leave of thirty days end? " +
      "expandQueries Until when can unused vacation be carried over? Expiry of annual leave in the handbook",
  );
  expect(of("nodes")).toContain(
    "summary, level 2 1 0.8 Absence from work and what becomes of it summary, level 1",
  );
  expect(of("problems")).toContain("retriever: The tree has no nodes.");
  expect(of("problems")).toContain("rerank: the reply named a passage that there is not.");
  expect(of("prompts")).toContain(
    "rerank openai/gpt-6-luna · 620 ms · 5,200 tokens in, 190 out · $0.0024",
  );
  expect(of("prompts")).toContain("user The prompt of answer. reply The reply of answer.");
  expect(of("verdicts")).toContain(
    "context recall 0.50 Half. 1 in detail S R accuracy failed no JSON",
  );
  expect(plain(/<ul class="tiles">[\s\S]*?<\/ul>/.exec(page)![0])).toBe(
    "3.1 s time 1.4 s for retrieval $0.0041 cost 7,870 tokens in 384 tokens out 4 calls of a model 24 candidates 5 shown 2 cited",
  );
});

test("bars begin where it was: the answer after the rest; without a clock they say so", () => {
  const page = answerToHTML(eventful());
  // Of 3,070 ms: the answer's call began at 1,800 and took 1,270.
  expect(section(page, "time")).toContain(
    '<span class="name">answer</span><span class="track"><i style="margin-left:58.63%;width:41.37%">',
  );
  const untimed = answerToHTML(
    answerOf("Yes.", [a!], [{ technique: "retriever", ms: 5, found: [a!] }]),
  );
  expect(section(untimed, "time")).toContain("When each began is not known");
});

test("nothing in documents, replies or names becomes markup", () => {
  const evil = `</pre></title></style><script>alert(1)</script>" onload="x' \u202e\u0000`;
  const page = answerToHTML(eventful(evil), {
    verdicts: {
      [evil]: { score: 1, reason: evil, parts: [{ text: evil, holds: true, reason: evil }] },
    },
    reference: evil,
    back: { href: evil, text: evil },
  });
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/"\s+onload=/);
  expect(page).not.toContain("\u202e");
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});

test("a real question: its trace says when each step and call began", async () => {
  await using sim = await simulator();
  const kb = knowledgeBase({
    ...{ embedding: hashingEncoder(), store: memoryStore(), model: "openai/gpt-6-luna" },
    client: createClient({ providers: sim.providers }),
    retrieval: { k: 1 },
  });
  await kb.ingest([
    { source: "dogs.md", text: "Dogs are welcome in the office." },
    { source: "pay.md", text: "Salaries are paid on the 25th." },
  ]);
  sim.script(["Are dogs welcome in the office?", "Welcome [1]."]);
  const history = [{ role: "user" as const, content: "I have a dog." }];
  const answer = await kb.ask("Is it welcome?", { history });
  const { calls } = answer.trace;
  // Before it is the step that made the question stand alone.
  const steps = answer.trace.steps.filter(({ technique }) => technique === "retriever");
  expect(steps[0]!.at).toBeGreaterThanOrEqual(calls[0]!.at! + calls[0]!.ms - 2);
  expect(calls[1]!.at).toBeGreaterThanOrEqual(steps[0]!.at! + steps[0]!.ms - 2);
  expect(candidates(answer)).toMatchObject({
    "dogs.md": ["cited", "cited as [1]", expect.stringContaining("retriever 1, dense ")],
    "pay.md": ["lost", "lost in retriever: at 2 of 2, and it passes on 1", expect.any(String)],
  });
  await kb.close();
});

test("techniques around a retriever: queries by what made them, ranks through each, cited at the end", async () => {
  await using sim = await simulator();
  const client = createClient({ providers: sim.providers });
  const asked = languageModel({ model: "openai/gpt-6-luna", client });
  const options = { embedding: hashingEncoder(), store: memoryStore(), client };
  const inner = knowledgeBase({ ...options, model: "openai/gpt-6-luna" });
  await inner.ingest([
    { source: "dogs.md", text: "Dogs are welcome in the office." },
    { source: "pets.md", text: "Pets need the consent of the team." },
    { source: "pay.md", text: "Salaries are paid on the 25th." },
  ]);
  // What it turns around is what was found.
  const reversed: Reranker = {
    name: "reversed",
    rank: async (_, passages) => ({
      ranked: passages.map((_, index) => ({ index, score: index / 10 })).reverse(),
    }),
  };
  const retriever = rerankPassages(
    expandQueries(inner.retriever({ k: 3 }), multiQuery({ model: asked, n: 1 })),
    reversed,
    { k: 2, candidates: 3 },
  );
  const kb = knowledgeBase({ ...options, model: "openai/gpt-6-luna", retriever });
  sim.script(['{"queries":["consent for pets"]}', "Ask the team [1]."]);
  const answer = await kb.ask("Are dogs welcome?");
  const page = answerToHTML(answer);
  expect(plain(section(page, "queries")!)).toBe(
    "What was searched for asked Are dogs welcome? multiQuery consent for pets",
  );
  expect(answer.trace.steps.every(({ at }) => at !== undefined)).toBe(true);
  const told = candidates(answer);
  const fates = Object.values(told).map(([fate]) => fate);
  expect(fates).toEqual(["cited", "shown", "lost"]);
  const [, why, chips] = Object.values(told)[2]!;
  expect(why).toContain("dropped by rerankPassages: at 1 of 3");
  expect(chips).toMatch(/retriever .*retriever .*expandQueries .*rerankPassages 1 → out/);
  expect(Object.values(told)[0]![2]).toMatch(/rerankPassages 3 → 1 ▲ 2.*rerank 0\.2/);
  await kb.close();
});

test("no passages: nothing was found, and no model was asked", () => {
  const page = answerToHTML({ ...answerOf("I do not know.", [], []), known: false });
  expect(page).toContain("not known");
  expect(section(page, "passages")).toContain("Nothing was found, so no model was asked.");
});
