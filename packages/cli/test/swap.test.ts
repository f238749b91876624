/** `polycall swap`: the report, its exit code, a request of one's own. */
import { expect, test } from "vitest";
import { inProcess, Project } from "./support/cli.ts";

const from = "gemini/gemini-2.5-flash-lite";
const to = "anthropic/claude-sonnet-5-5";
const messages = [{ role: "user", content: "Hello" }];

test("what is lost, and what a usual call costs", async () => {
  using project = new Project();
  project.write({ "request.json": JSON.stringify({ messages, seed: 7 }) });
  const { code, out, err } = await project.run([
    "swap",
    from,
    to,
    "--request",
    "request.json",
    "--input-tokens",
    "12k",
    "--output-tokens",
    "400",
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(new RegExp(`^${from} -> ${to}: works$`, "m"));
  expect(out).toMatch(/^ {2}lost: seed: /m);
  // 12,000 x $0.10 + 400 x $0.40 and 12,000 x $2 + 400 x $10 per million
  expect(out).toMatch(/^ {2}a call like yours: \$0\.00136 -> \$0\.028$/m);
});

test("a request that cannot be taken, from standard input, as JSON: exit code 1", async () => {
  using project = new Project();
  const request = JSON.stringify({ messages, n: 3 });
  const { code, out } = await project.run(
    ["swap", from, to, "--request", "-", "--json"],
    {},
    request,
  );
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ from, to, works: false, refused: [{ param: "n" }] });
});

test("without a request: each parameter, one after the other", async () => {
  const { code, out, err } = await inProcess("swap", from, to);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const lines = out.split("\n");
  expect(lines[0]).toBe(`${from} -> ${to}`);
  // Claude makes one choice, takes no seed and no audio.
  for (const [name, said] of [
    ["two choices", /^ {4}refused: n: /],
    ["seed", /^ {4}lost: seed: /],
    ["sound", /^ {4}refused: messages\[0\]\.content\[0\]: /],
  ] as const) {
    expect(lines[lines.indexOf(`  ${name}`) + 1]).toMatch(said);
  }
  expect(lines).not.toContain("  a question");
  expect(out).toMatch(/^ {2}as before: \d+ of \d+ requests$/m);
  expect(out).not.toContain("$");
  const json = JSON.parse((await inProcess("swap", from, to, "--json")).out);
  expect(json["two choices"]).toMatchObject({ works: false });
  expect(json["a question"]).toMatchObject({ works: true });
});

test("the prompt's tokens, and what is expected of it", async () => {
  using project = new Project();
  project.write({ "request.json": JSON.stringify({ messages }) });
  const { out } = await project.run(["swap", from, to, "--request", "request.json"]);
  expect(out).toMatch(/^ {2}tokens of the prompt: about \d+ -> \d+$/m);
  expect(out).toMatch(/^ {2}this request, as it is expected: \$[\d.e-]+ -> \$[\d.e-]+$/m);
});

test.each<[string[], number, RegExp]>([
  [[from], 2, /Name two models/],
  [[from, to, "--request", "none.json"], 2, /--request none\.json: ENOENT/],
  [[from, to, "--request", import.meta.filename], 2, /--request .*: .*JSON/],
  [["a/b", to], 1, /there is no provider "a"/],
])("%j: exit code %i", async (args, exit, said) => {
  const { code, out, err } = await inProcess("swap", ...args);
  expect({ code, out }).toEqual({ code: exit, out: "" });
  expect(err).toMatch(said);
});
