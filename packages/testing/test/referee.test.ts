/** The strict simulator accepts every recorded request that the real service accepted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Interaction, type Simulator, simulator, wireData } from "../src/index.ts";

const data = wireData();
let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
afterAll(() => sim.close());

/** Which simulated provider stands for a recorded host; any other is a compatible server. */
const hosts: [RegExp, string][] = [
  [/^api\.openai\.com$/, "openai"],
  [/openai\.azure\.com$/, "azure"],
  [/^api\.anthropic\.com$/, "anthropic"],
  [/generativelanguage|aiplatform/, "gemini"],
  [/^openrouter\.ai$/, "openrouter"],
  [/^api\.groq\.com$/, "groq"],
  [/^api\.mistral\.ai$/, "mistral"],
  [/^api\.deepseek\.com$/, "deepseek"],
  [/^api\.cerebras\.ai$/, "cerebras"],
];

const ENDPOINTS =
  /\/(chat\/completions|responses|embeddings|v1\/messages)$|:(generateContent|streamGenerateContent|batchEmbedContents|embedContent)$/;

function providerOf(url: URL): string {
  const byHost = hosts.find(([pattern]) => pattern.test(url.host))?.[1];
  if (byHost) return byHost;
  if (url.pathname.endsWith("/messages")) return "anthropic";
  return /enerateContent$/.test(url.pathname) ? "gemini" : "custom_openai";
}

async function ask({ request }: Interaction): Promise<string> {
  const url = new URL(request.url);
  const response = await fetch(`${sim.url}/${providerOf(url)}${url.pathname}${url.search}`, {
    method: "POST",
    headers: { authorization: "Bearer any", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(request.body),
  });
  const text = await response.text();
  return response.ok ? "accepted" : `${response.status} ${text}`;
}

describe.skipIf(!data)("recorded requests", () => {
  test("every one in reach is accepted", { timeout: 120_000 }, async () => {
    const refused: Record<string, string> = {};
    let inReach = 0;
    for (const file of data!.list()) {
      for (const [index, interaction] of data!.read(file).interactions.entries()) {
        const { request, response } = interaction;
        const isAsked = request.method === "POST" && ENDPOINTS.test(new URL(request.url).pathname);
        if (!isAsked || response.status >= 300) continue;
        inReach++;
        const verdict = await ask(interaction);
        if (verdict !== "accepted") refused[`${file}#${index}`] = verdict;
      }
    }
    console.info(`referee: ${inReach - Object.keys(refused).length} of ${inReach} accepted`);
    expect(refused).toEqual({});
    expect(inReach).toBeGreaterThan(650);
  });
});
