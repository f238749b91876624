/** docs/retrieval-quality.md says what was measured, and how each row is measured again. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuthenticationError } from "@polycall/core";
import { evaluateRetriever } from "@polycall/rag";
import { BAD_KEY, simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { afterAll, expect, test } from "vitest";
import { entryOf } from "../../bench/quality/context.ts";
import { readPage } from "../../bench/quality/doc.ts";
import { modelAtHand, runWithModel } from "../../bench/quality/model.ts";
import { commandOf } from "../../bench/quality/page.ts";
import { readResults } from "../../bench/quality/results.ts";
import type { Row } from "../../bench/quality/row.ts";
import { chosen } from "../../bench/quality/rows/hybrid.ts";
import { rows } from "../../bench/quality/rows/index.ts";
import { root } from "../workspace.ts";

const page = readFileSync(join(root, "docs/retrieval-quality.md"), "utf8");
const results = readResults();

test("the page is up to date (npm run quality -- --page)", () => {
  expect(page).toBe(readPage());
});

test("each result is a row's, and no two rows have one name", () => {
  const names = rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(results).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(rows.map((row) => [row.name, row] as const))(
  "%s: measured, or told not to be",
  (name, row) => {
    expect(page).toContain(`\`${commandOf(row)}\``);
    const result = results[name];
    if (!result) {
      const why = row.needs === "nothing" ? "Not measured yet: " : "Needs a key (";
      const line = page
        .split("\n")
        .find((one) => one.startsWith(why) && one.includes(commandOf(row)));
      expect(line).toBeDefined();
    }
    // What a model was asked is told with the model: none is a simulator's.
    if (result && row.needs === "model") expect(result.model).toMatch(/^[\w-]+\/.+/);
    for (const { label, scores, beside } of result?.entries ?? []) {
      for (const [metric, { value }] of Object.entries(scores)) {
        const told = `${label}, ${metric}`;
        expect({ told, holds: value >= 0 && value <= 1 }).toEqual({ told, holds: true });
      }
      if (beside) expect(beside.interval[0]).toBeLessThanOrEqual(beside.interval[1]);
    }
  },
);

test("the model is the one that is named, else the first whose key is there", () => {
  expect(modelAtHand({})).toBeUndefined();
  expect(modelAtHand({ ANTHROPIC_API_KEY: "k" })).toMatch(/^anthropic\//);
  expect(modelAtHand({ OPENAI_API_KEY: "k", POLYCALL_QUALITY_MODEL: "ollama/llama3.2" })).toBe(
    "ollama/llama3.2",
  );
});

const folder = mkdtempSync(join(tmpdir(), "quality-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a row is told what it costs before it runs, is kept within its bound, and goes on where it stopped", async () => {
  await using sim = await simulator();
  const client = createClient({ providers: sim.providers });
  const settings = { folder, questions: 3, client };
  const row: Row = {
    ...{ name: "asking", title: "Asking", needs: "model", about: "" },
    async run({ model, questions }) {
      const asked = ["one", "two", "three"].slice(0, questions).map((content) => ({
        ...{ purpose: "say", maxTokens: 100 },
        messages: [{ role: "user" as const, content }],
      }));
      const replies = await Promise.all(asked.map((question) => model.ask(question)));
      const value = replies.filter(Boolean).length / 3;
      return [{ set: "none", label: "answered", scores: { share: { value } } }];
    },
  };
  process.env.POLYCALL_QUALITY_MODEL = "openai/gpt-6-luna";
  const told: string[] = [];
  const log = console.log;
  console.log = (line: string) => void told.push(line);
  try {
    // Its questions cost something, and nothing may be spent.
    expect(await runWithModel(row, { ...settings, maxCost: 0 })).toBeUndefined();
    expect(
      await runWithModel(row, { ...settings, maxCost: 1, estimateOnly: true }),
    ).toBeUndefined();
    expect(sim.requests).toHaveLength(0);
    const measured = await runWithModel(row, { ...settings, maxCost: 1 });
    expect(measured).toMatchObject({ model: "openai/gpt-6-luna", questions: 3 });
    expect(measured!.entries[0]!.scores.share).toEqual({ value: 1 });
    expect(sim.requests).toHaveLength(3);
    await runWithModel(row, { ...settings, maxCost: 1 });
    expect(sim.requests).toHaveLength(3);
  } finally {
    console.log = log;
    delete process.env.POLYCALL_QUALITY_MODEL;
  }
  expect(told[0]).toContain(
    "asking: 3 questions to openai/gpt-6-luna (0 of them kept from before)",
  );
  expect(told[1]).toContain("left out; --max-cost");
  expect(told.at(-2)).toContain("(3 of them kept from before)");
});

test("what fell back because the model could not be asked, or a search failed, is no figure", async () => {
  await using sim = await simulator();
  const providers = { openai: { ...sim.providers.openai, apiKey: BAD_KEY } };
  const client = createClient({ providers });
  const row: Row = {
    ...{ name: "falling", title: "Falling back", needs: "model", about: "" },
    async run({ model }) {
      const messages = [{ role: "user" as const, content: "Hello" }];
      const text = await model.ask({ purpose: "say", messages }).catch(() => "plain");
      return [{ set: "none", label: text ?? "nothing", scores: { share: { value: 1 } } }];
    },
  };
  process.env.POLYCALL_QUALITY_MODEL = "openai/gpt-6-luna";
  try {
    const run = runWithModel(row, { folder, maxCost: 1, questions: 1, client });
    await expect(run).rejects.toThrow(AuthenticationError);
  } finally {
    delete process.env.POLYCALL_QUALITY_MODEL;
  }
  const testSet = {
    queries: [{ id: "q", text: "Hello" }],
    judgements: new Map([["q", new Map([["a", 1]])]]),
  };
  const evaluation = await evaluateRetriever(() => Promise.reject(new Error("No key.")), testSet);
  expect(() => entryOf("none", "reranked", evaluation)).toThrow("No key.");
});

test("the weight of a half is chosen on the other", () => {
  // Weight 0 is better at the even queries, weight 1 at the odd: each half gets what it would not choose.
  const evaluation = (scores: readonly number[]) => {
    const all = (value: number) => ({
      ...{ ndcg: value, mrr: value, map: value, recall: value, precision: value, hitRate: value },
    });
    const queries = scores.map((value, i) => ({
      ...{ id: `q${i}`, text: "", ranking: [], time: 0 },
      scores: all(value),
    }));
    return { k: 10, scores: all(0), queries, failed: 0 };
  };
  const swept = new Map([
    [0, evaluation([0.9, 0.1, 0.9, 0.1])],
    [1, evaluation([0.2, 0.6, 0.2, 0.6])],
  ]);
  const { picked, evaluation: measured } = chosen(swept);
  expect(picked).toEqual([1, 0]);
  expect(measured.scores.ndcg).toBeCloseTo((0.2 + 0.1 + 0.2 + 0.1) / 4, 12);
});
