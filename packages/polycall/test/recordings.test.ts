/** Every recorded interaction is read by an adapter's own recordings test, or left out for a reason. */
import { type Interaction, wireData } from "@polycall/testing";
import { describe, expect, test } from "vitest";

/** Paths of the POST requests that adapters speak, and where each is served and read. */
const read: [string, RegExp, string][] = [
  ["Chat Completions", /\/chat\/completions$/, "packages/openai/test/recordings.test.ts"],
  ["Responses", /\/responses$/, "packages/openai/test/responses/recordings.test.ts"],
  ["Messages", /\/v1\/messages$/, "packages/anthropic/test/wire.test.ts"],
  [
    "generateContent and embedContent",
    /:(?:streamGenerateContent|generateContent|batchEmbedContents|embedContent|predict)$/,
    "packages/gemini/test/recordings.test.ts",
  ],
  ["embeddings", /api\.openai\.com\/v1\/embeddings$/, "packages/openai/test/recordings.test.ts"],
];

const leftOut: [RegExp, string][] = [
  [
    /bedrock.*\/(?:converse|converse-stream|invoke|count-tokens)$/,
    "Bedrock's own API has no adapter",
  ],
  [/api\.cohere\.com\//, "Cohere's own API has no adapter"],
  [/api\.voyageai\.com\//, "Voyage's own API has no adapter"],
  [/\/messages\/count_tokens$/, "counting tokens is no call of completion()"],
  [/:countTokens$/, "counting tokens is no call of completion()"],
  [/\/responses\/input_tokens$/, "counting tokens is no call of completion()"],
  [/\/v1\/files(?:\/|$)/, "files are uploaded with the provider's SDK"],
  [
    /\/(?:fileSearchStores|cachedContents|operations)(?:\/|:|$)/,
    "stores are made with the provider's SDK",
  ],
  [/\/upload\//, "files are uploaded with the provider's SDK"],
  [/\/vector_stores(?:\/|$)/, "stores are made with the provider's SDK"],
  [/\/conversations(?:\/|$)/, "conversations are made with the provider's SDK"],
  [
    /\/responses\/(?:compact|[^/]+)$/,
    "compaction and polling are other endpoints than POST /responses",
  ],
  [/\/(?:available-)?models(?:\/|$)/, "a list of models is no call of completion()"],
];

const data = wireData();

function whereOf({ request }: Interaction): string {
  const { host, pathname } = new URL(request.url);
  return host + decodeURIComponent(pathname).replace(/\/$/, "");
}

describe.skipIf(!data)("the recordings", () => {
  test("are all read, or left out for a reason that is named", () => {
    const counts = new Map<string, number>();
    const unknown: string[] = [];
    let total = 0;
    let inReach = 0;
    for (const file of data!.list()) {
      for (const interaction of data!.read(file).interactions) {
        total++;
        const where = whereOf(interaction);
        const [endpoint] = read.find(([, path]) => path.test(where)) ?? [];
        const [, reason] = leftOut.find(([path]) => path.test(where)) ?? [];
        if (endpoint) inReach++;
        else if (!reason) unknown.push(`${file}: ${where}`);
        const key = endpoint ?? `left out: ${reason}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    console.log(
      `${inReach} of ${total} recorded interactions are read.`,
      Object.fromEntries(counts),
    );
    expect(unknown).toEqual([]);
    expect(inReach).toBeGreaterThan(500);
  });
});
