/** `polycall models update`: from a file, from a server; refused ones change nothing; the library takes it. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CatalogueFile, models } from "@polycall/models";
import { expect, test } from "vitest";
import { Project } from "./support/cli.ts";

/** A newer models.dev: the providers by its own names, 60 models each, and one of OpenAI's that is new. */
const names =
  "anthropic azure cerebras crusoe deepinfra deepseek fireworks-ai google groq huggingface mistral moonshotai nvidia ollama-cloud openai openrouter perplexity snowflake-cortex togetherai google-vertex xai zai".split(
    " ",
  );
const model = (id: string) => ({
  id,
  name: id,
  reasoning: false,
  tool_call: true,
  release_date: "2027-01-02",
  modalities: { input: ["text"], output: ["text"] },
  open_weights: false,
  limit: { context: 9000, output: 900 },
  cost: { input: 3, output: 6 },
});
function newer() {
  const many = Array.from({ length: 60 }, (_, i) => model(`filler-${i}`));
  const of = (all: object[]) => ({
    models: Object.fromEntries(all.map((one) => [(one as { id: string }).id, one])),
  });
  return {
    ...Object.fromEntries(names.map((name) => [name, of(many)])),
    openai: of([...many, model("gpt-7")]),
  };
}

const cached = (project: Project) =>
  JSON.parse(
    readFileSync(project.path("cache", "polycall", "models.json"), "utf8"),
  ) as CatalogueFile;

async function server(status: number, body: string) {
  const asked: (string | undefined)[] = [];
  const it = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => it.listen(0, "127.0.0.1", resolve));
  const { port } = it.address() as AddressInfo;
  return {
    asked,
    url: `http://127.0.0.1:${port}/api.json`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => it.close(() => resolve())),
  };
}

test("from a file: the commands and the library take it from then on", async () => {
  using project = new Project();
  project.write({ "models.dev.2027-02-01.json": JSON.stringify(newer()) });
  const { code, out } = await project.run([
    "models",
    "update",
    "--from",
    "models.dev.2027-02-01.json",
  ]);
  expect(code).toBe(0);
  expect(out).toContain("1321 models of 22 providers, of 2027-02-01: ");
  expect(cached(project).source).toEqual({ url: "models.dev.2027-02-01.json", date: "2027-02-01" });
  // Whole or not at all: nothing half written lies beside it.
  expect(readdirSync(project.path("cache", "polycall"))).toEqual(["models.json"]);

  const shown = await project.run(["models", "show", "openai/gpt-7", "--json"]);
  expect(JSON.parse(shown.out)).toMatchObject({
    contextWindow: 9000,
    price: { input: 3, output: 6 },
  });

  const file = project.path("cache", "polycall", "models.json");
  const entry = new URL("../../models/src/index.ts", import.meta.url).href;
  const program = `const { models } = await import(${JSON.stringify(entry)}); console.log(models.get("openai/gpt-7")?.contextWindow);`;
  const node = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program];
  const run = (env: object) =>
    execFileSync(process.execPath, node, {
      env: { PATH: process.env.PATH, ...env },
      encoding: "utf8",
    });
  expect(run({ POLYCALL_MODELS: file })).toBe("9000\n");
  expect(run({})).toBe("undefined\n");
});

test("from a server, to a file of one's own", async () => {
  using project = new Project();
  await using it = await server(200, JSON.stringify(newer()));
  const { code, err } = await project.run([
    "models",
    "update",
    "--from",
    `${it.url}?key=secret`,
    "--out",
    "own/m.json",
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(it.asked).toEqual(["/api.json?key=secret"]);
  const text = readFileSync(project.path("own", "m.json"), "utf8");
  expect(text).not.toContain("secret");
  expect((JSON.parse(text) as CatalogueFile).source.url).toBe(it.url);
  models.load(project.path("own", "m.json"));
  expect(models.get("openai/gpt-7")?.contextWindow).toBe(9000);
  models.load(undefined);
});

const shrunk = () => ({ openai: newer().openai });
const spoilt = () => {
  const all = newer();
  (all.openai.models["gpt-7"] as { cost: object }).cost = { input: "3" };
  return all;
};
test.each<[string, string, RegExp]>([
  ["no JSON", "<html>", /^polycall: bad\.json: \$ must be JSON: /],
  ["no catalogue", "[1]", /^polycall: bad\.json: \$ must be an object/],
  [
    "half of it gone",
    JSON.stringify(shrunk()),
    /^polycall: bad\.json: \$ must be .* at least \d+ models .* not 61\./,
  ],
  [
    "a price that is none",
    JSON.stringify(spoilt()),
    /^polycall: bad\.json: \$\.openai\.models\["gpt-7"\]\.cost\.input must be a number from 0, not "3"\./,
  ],
])("%s: refused, and what was fetched before stays", async (_, text, said) => {
  using project = new Project();
  project.write({ "good.2027-02-01.json": JSON.stringify(newer()), "bad.json": text });
  await project.run(["models", "update", "--from", "good.2027-02-01.json"]);
  const before = cached(project);
  const { code, out, err } = await project.run(["models", "update", "--from", "bad.json"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(said);
  expect(err).toMatch(/What is in force stays so\.\n$/);
  expect(cached(project)).toEqual(before);
});

test("a URL with a password in it is refused, and the password not shown", async () => {
  using project = new Project();
  const from = "http://me:secret@127.0.0.1:9/api.json";
  const { code, err } = await project.run(["models", "update", "--from", from]);
  expect(code).toBe(2);
  expect(err).toContain("--from takes no URL with a password in it.");
  expect(err).not.toContain("secret");
});

test("a server that fails, one that is not there, a file that is not there", async () => {
  using project = new Project();
  await using it = await server(503, "busy");
  const failed = await project.run(["models", "update", "--from", it.url]);
  expect(failed).toMatchObject({
    code: 1,
    err: `polycall: ${it.url}: it answered 503. What is in force stays so.\n`,
  });
  const gone = await project.run(["models", "update", "--from", "http://127.0.0.1:9/api.json"]);
  expect(gone.code).toBe(1);
  expect(gone.err).toMatch(/^polycall: http:\/\/127\.0\.0\.1:9\/api\.json: fetch failed/);
  const none = await project.run(["models", "update", "--from", "none.json"]);
  expect(none.code).toBe(2);
  expect(none.err).toMatch(/--from none\.json: ENOENT/);
});

test("a cache that was spoilt is told of, and what ships answers", async () => {
  using project = new Project();
  project.write({ "cache/polycall/models.json": "{}" });
  const { code, out, err } = await project.run(["models", "show", "openai/gpt-6-luna"]);
  expect(code).toBe(0);
  expect(out).toContain("GPT-6 Luna");
  expect(err).toMatch(
    /models\.json: \$\.format must be given.* The shipped catalogue stays in force\.\n$/,
  );
  writeFileSync(project.path("other.json"), "nope");
  const env = { POLYCALL_MODELS: project.path("other.json") };
  const other = await project.run(["models", "show", "openai/gpt-6-luna"], env);
  expect(other).toMatchObject({ code: 0 });
  expect(other.err).toMatch(/^polycall: POLYCALL_MODELS: .*other\.json: \$ must be JSON/);
});
