/** The command `polycall`: what it says and its exit code; as a process of its own where that matters. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../src/index.ts";

const packages = dirname(dirname(import.meta.dirname));
const bin = join(packages, "polycall", "src", "bin.ts");
const folder = mkdtempSync(join(tmpdir(), "polycall-cli-"));
mkdirSync(join(folder, "node_modules", "@polycall"), { recursive: true });
symlinkSync(join(packages, "cli"), join(folder, "node_modules", "@polycall", "cli"), "junction");
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** In this process. */
async function polycall(args: readonly string[]): Promise<Ran> {
  const ran: Ran = { code: null, out: "", err: "" };
  const code = await run(args, {
    out: (text) => void (ran.out += `${text}\n`),
    err: (text) => void (ran.err += `${text}\n`),
  });
  return { ...ran, code };
}

/** As a user's shell runs it. */
function shell(args: readonly string[], cwd = folder): Promise<Ran> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", bin, ...args], {
    cwd,
    // pnpm's commands add every package of the workspace there.
    env: { ...process.env, NODE_PATH: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ran: Ran = { code: null, out: "", err: "" };
  child.stdout.on("data", (text: Buffer) => void (ran.out += text.toString()));
  child.stderr.on("data", (text: Buffer) => void (ran.err += text.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...ran, code }));
  });
}

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

test("without @polycall/cli it says how to install it", async () => {
  const bare = mkdtempSync(join(tmpdir(), "polycall-bare-"));
  const { code, err } = await shell(["models"], bare);
  rmSync(bare, { recursive: true });
  expect({ code, err }).toEqual({
    code: 1,
    err: "The command line is a package of its own: npm install @polycall/cli\n",
  });
});

test("the help names each command; one that is none names the nearest", async () => {
  const help = await shell(["--help"]);
  expect(help.code).toBe(0);
  expect(help.out).toMatch(/^polycall COMMAND[\s\S]*\n {2}models [\s\S]*\n {2}swap /);
  expect((await shell([])).code).toBe(2);
  const wrong = await polycall(["modles"]);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('There is no command "modles". Did you mean "models"?');
  for (const name of ["models", "swap"]) {
    const { code, out } = await polycall([name, "--help"]);
    expect({ code, named: out.startsWith(`polycall ${name}`) }).toEqual({ code: 0, named: true });
  }
});

describe("models", () => {
  const cheapest = ["models", "--provider", "openai", "--needs", "tools,image"];

  test("a table, cheapest first, and how many more there are", async () => {
    const { code, out, err } = await polycall([...cheapest, "--max-price", "0.3", "--limit", "2"]);
    expect(code).toBe(0);
    const [head, ...rows] = out.trimEnd().split("\n");
    expect(head).toMatch(
      /^model +kind +context +output +\$ in +\$ out +knowledge +released +off from$/,
    );
    expect(rows).toHaveLength(2);
    // 1,050,000 tokens in, 128,000 out, 0.10 and 0.50 dollars per million, read up to May 2026.
    expect(out).toMatch(/^openai\/gpt-6-luna +hybrid +1\.05M +128k +0\.1 +0\.5 +2026-05-18/m);
    expect(err).toMatch(/^\d+ more: --limit 0 shows all\.\n$/);
  });

  test("JSON: all of them, with the reasons", async () => {
    const { out } = await polycall([...cheapest, "--min-context", "1000000", "--json"]);
    const found = JSON.parse(out) as { model: string; reasons: string[]; entry: object }[];
    expect(found.find(({ model }) => model === "openai/gpt-6-luna")).toMatchObject({
      entry: { contextWindow: 1_050_000 },
      reasons: expect.arrayContaining([expect.stringContaining("tools")]),
    });
  });

  test("none that fits is exit code 1", async () => {
    const { code, out, err } = await polycall([
      "models",
      "--provider",
      "openai",
      "--max-price",
      "0",
    ]);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: "",
      err: "No model of the catalogue fits.\n",
    });
  });

  test.each([
    [["models", "--sort", "fame"], "--sort takes price, newest, context, output, not"],
    [["models", "--max-price", "cheap"], '--max-price takes a number from 0 on, not "cheap"'],
    [["models", "--needs", "tools,wings"], "--needs takes tools,"],
    [["models", "--cheapest"], "Unknown option '--cheapest'"],
    [["models", "lst"], 'There is no "polycall models lst"'],
    [["models", "show"], "show takes one model string"],
    [["models", "compare", "openai/gpt-6-luna"], "compare takes two model strings or more"],
    [["models", "lint"], "lint takes a file or a folder"],
    [["swap", "openai/gpt-6-luna"], "swap takes two model strings"],
    [["swap", "openai/a", "openai/b", "--usage", "many"], "--usage takes two numbers of tokens"],
  ])("%j is a wrong command line", async (args, message) => {
    const { code, out, err } = await polycall(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test("show: every fact of one; one that nobody knows is exit code 1", async () => {
    const { code, out } = await polycall(["models", "show", "openai/gpt-6-luna"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^contextWindow +1050000$/m);
    const json = await polycall(["models", "show", "openai/gpt-6-luna", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ id: "gpt-6-luna", price: { input: 0.1 } });
    const unknown = await polycall(["models", "show", "openai/gpt-99"]);
    expect(unknown).toMatchObject({ code: 1, out: "" });
    expect(unknown.err).toContain("does not know openai/gpt-99");
  });

  test("compare: a column for each, a line for each fact", async () => {
    const two = ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"];
    const { code, out } = await polycall(["models", "compare", ...two]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ +openai\/gpt-6-luna +anthropic\/claude-haiku-5-5$/m);
    expect(out).toMatch(/^context +1050000 +1000000$/m);
    const json = await polycall(["models", "compare", ...two, "openai/gpt-99", "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out).map(({ known }: { known: boolean }) => known)).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("models lint", () => {
  test("finds what is off and what nobody knows, with file, line and column", async () => {
    write("app/chat.ts", 'const a = "openai/gpt-4";\nconst b = "openai/gpt-6-luna";\n');
    write("app/deep/run.py", 'x = 1\nmodel = "openai/gpt-6-lunna"\n');
    write("app/.env", "KEY=1\nMODEL=openai/gpt-4 # old\n");
    write("app/config.yaml", "chat:\n  model: openai/gpt-4\n");
    write("app/node_modules/theirs/index.js", '"openai/gpt-4"');
    write("app/image.bin", Buffer.from('\0"openai/gpt-4"'));
    const { code, out, err } = await shell(["models", "lint", "app"]);
    const found = out
      .trimEnd()
      .split("\n")
      .map((line) => line.split(": ")[0]);
    expect({ code, found }).toEqual({
      code: 1,
      found: [
        "app/.env:2:7 openai/gpt-4 deprecated",
        "app/chat.ts:1:12 openai/gpt-4 deprecated",
        "app/config.yaml:2:10 openai/gpt-4 deprecated",
        "app/deep/run.py:2:10 openai/gpt-6-lunna unknown",
      ],
    });
    expect(out).toContain("it was to be turned off on 2026-10-23");
    expect(err).toBe("4 findings in 4 files.\n");
    const known = await polycall([
      "models",
      "lint",
      join(folder, "app"),
      "--deprecated-only",
      "--json",
    ]);
    expect(JSON.parse(known.out)).toHaveLength(3);
  });

  test("looks as many days ahead as it is told", async () => {
    // Off on 11 December 2026 and, gpt-5.1, on 1 April 2027.
    write("ahead/a.ts", '"openai/gpt-5-mini"; "openai/gpt-5.1";');
    const models = async (days: string) => {
      const { out } = await polycall([
        "models",
        "lint",
        join(folder, "ahead"),
        "--days",
        days,
        "--json",
      ]);
      return (JSON.parse(out) as { model: string }[]).map(({ model }) => model);
    };
    expect(await models("3650")).toEqual(["openai/gpt-5-mini", "openai/gpt-5.1"]);
  });

  test("a clean tree is exit code 0, a path that is not there 1", async () => {
    write("clean/a.ts", '"openai/gpt-6-luna"');
    expect(await polycall(["models", "lint", join(folder, "clean")])).toEqual({
      code: 0,
      out: "",
      err: "0 findings in 1 file.\n",
    });
    const { code, err } = await polycall(["models", "lint", "nowhere"]);
    expect(code).toBe(1);
    expect(err).toContain("nowhere");
  });
});

describe("swap", () => {
  const pair = ["openai/gpt-6-luna", "anthropic/claude-sonnet-5-5"];

  test("tries each parameter: what is refused, lost, gained, and the costs", async () => {
    const { code, out } = await polycall(["swap", ...pair, "--usage", "12000,400"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^two choices:\n {2}n refused: /m);
    expect(out).toMatch(/^seed:\n {2}seed lost: /m);
    expect(out).toContain("contextWindow: 1050000 -> 1000000");
    expect(out).toContain(
      "cost of that usage: openai/gpt-6-luna $0.0014, anthropic/claude-sonnet-5-5 $0.028",
    );
  });

  test("a request of one's own, as it would be sent; exit code 0 where it works", async () => {
    const request = { messages: [{ role: "user", content: "Hello" }], seed: 7 };
    const file = write("request.json", JSON.stringify([request, { ...request, n: 2 }]));
    const both = await polycall(["swap", ...pair, "--request", file, "--json"]);
    expect(both.code).toBe(1);
    expect(JSON.parse(both.out)).toMatchObject({
      "request 1": { works: true, lost: [{ param: "seed" }] },
      "request 2": { works: false, refused: [{ param: "n" }] },
    });
    const one = write("one.json", JSON.stringify(request));
    expect((await polycall(["swap", ...pair, "--request", one])).code).toBe(0);
  });

  test("a bad file, request or provider is said in a line", async () => {
    const broken = write("broken.json", "{");
    expect(await polycall(["swap", ...pair, "--request", broken])).toMatchObject({
      code: 2,
      out: "",
    });
    const wrong = write("wrong.json", '{ "messages": "hello" }');
    const refused = await polycall(["swap", ...pair, "--request", wrong]);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("messages");
    const provider = await polycall(["swap", "opnai/gpt-6", pair[1]!]);
    expect(provider.code).toBe(1);
    expect(provider.err).toContain('Did you mean "openai"?');
  });
});
