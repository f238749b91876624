/** File tools in their folder: what they do, and that nothing leads out of it. */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type FileToolsOptions, fileTools, ToolRefusal } from "@polycall/agent/tools";
import { InvalidRequestError } from "@polycall/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { long } from "./long.ts";

let base: string;
let root: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "polycall-files-")));
  root = join(base, "root");
  for (const folder of [
    "root",
    "root/src",
    "root/src/deep",
    "root/node_modules",
    "root-evil",
    "out",
  ])
    mkdirSync(join(base, folder));
  put("root/a.txt", "one\ntwo\nthree\n");
  put("root/src/b.ts", "const b = 1;\nconst c = b + 1;\n");
  put("root/src/deep/c.ts", "export const c = 2;\n");
  put("root/node_modules/x.ts", "const hidden = 1;\n");
  put("root-evil/secret.txt", "SECRET");
  put("out/secret.txt", "SECRET");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const put = (path: string, content: string | Uint8Array) =>
  writeFileSync(join(base, path), content);
const got = (path: string) => readFileSync(join(base, path), "utf8");

// biome-ignore lint/suspicious/noExplicitAny: the tests look into results of several shapes
async function call(name: string, args: object, options: FileToolsOptions = {}): Promise<any> {
  const tools = fileTools(root, { write: true, ...options });
  const tool = tools.find((tool) => tool.function.name === name)!;
  return tool.execute(args as never, { toolCallId: "c1" });
}
const read = (path: string, more: object = {}) => call("read_file", { path, ...more });

describe("reading", () => {
  test("a folder is listed with sizes; deeper where asked, without what is ignored", async () => {
    symlinkSync("a.txt", join(root, "link"));
    expect(await call("list_files", {})).toEqual({
      entries: [
        { path: "a.txt", bytes: 14 },
        { path: "link", link: true },
        { path: "node_modules/" },
        { path: "src/" },
      ],
    });
    expect((await call("list_files", { path: "src/" })).entries).toEqual([
      { path: "src/b.ts", bytes: 30 },
      { path: "src/deep/" },
    ]);
    const deep = (await call("list_files", { depth: 3 })).entries as { path: string }[];
    expect(deep.map(({ path }) => path)).toEqual([
      "a.txt",
      "link",
      "node_modules/",
      "src/",
      "src/b.ts",
      "src/deep/",
      "src/deep/c.ts",
    ]);
  });

  test("a list says that it is not all", async () => {
    for (let at = 0; at < 1001; at++) put(`root/src/deep/f${at}`, "");
    const { entries, truncated } = await call("list_files", { path: "src/deep" });
    expect(entries).toHaveLength(1000);
    expect(truncated).toContain("only the first 1000");
  });

  test.each([
    [{}, { text: "one\ntwo\nthree\n" }],
    [
      { from: 2, lines: 1 },
      { text: "two\n", next: { from: 3 } },
    ],
    [{ from: 3, lines: 1 }, { text: "three\n" }],
    [{ from: 4 }, { text: "" }],
    [{ offset: 4 }, { text: "two\nthree\n" }],
    [{ offset: 14 }, { text: "" }],
    [{ offset: 900 }, { text: "" }],
  ])("%j of three lines", async (where, piece) => {
    expect(await read("a.txt", where)).toEqual(piece);
  });

  test("pieces put together are the file, whatever the size of a piece", async () => {
    const whole = `${"aé漢😀".repeat(9)}\r\nlast`;
    put("root/u.txt", whole);
    for (const maxReadBytes of [4, 5, 7, 64]) {
      let [text, offset, rounds]: [string, number | undefined, number] = ["", 0, 0];
      while (offset !== undefined && rounds++ < 500) {
        const piece = await call("read_file", { path: "u.txt", offset }, { maxReadBytes });
        text += piece.text;
        offset = piece.next?.offset;
      }
      expect(text).toBe(whole);
    }
  });

  test("a line too long for one read goes on from a byte, and lines beyond a chunk are found", async () => {
    put("root/long.txt", `${"x".repeat(200_000)}\nend\n`);
    const first = await read("long.txt");
    expect([first.text.length, first.next]).toEqual([100_000, { offset: 100_000 }]);
    expect(await read("long.txt", { from: 2 })).toEqual({ text: "end\n" });
    await expect(read("long.txt", { from: 9 })).rejects.toThrow("no line 9");
  });

  test.each([
    ["nothing", {}, "there is no such file"],
    ["src", {}, "is a folder"],
    ["a.txt/x", {}, "a part of the path is a file"],
    ["a.txt", { from: 1, offset: 1 }, "not both"],
    ["a.txt", { from: 0 }, "from: expected at least 1"],
    ["a.txt", { lines: 1.5 }, "lines: expected a whole number"],
    ["x".repeat(300), {}, "name is too long"],
  ])("%s %j is refused", async (path, more, words) => {
    const refusal = read(path, more);
    await expect(refusal).rejects.toThrow(ToolRefusal);
    await expect(refusal).rejects.toThrow(words);
    // Where the folder is on this machine is not the model's business.
    await expect(refusal).rejects.not.toThrow(base);
  });

  test("what is no text is not shown", async () => {
    put("root/x.bin", Uint8Array.of(1, 2, 0, 3));
    await expect(read("x.bin")).rejects.toThrow("no text file");
  });
});

const everyTool = [
  ["read_file", {}],
  ["search_files", { query: "SECRET" }],
  ["write_file", { content: "EVIL" }],
  ["edit_file", { old: "SECRET", new: "EVIL" }],
] as const;

describe("the way out", () => {
  test.each([
    ["../out/secret.txt"],
    ["../root-evil/secret.txt"],
    ["src/../../out/secret.txt"],
    ["./../out/secret.txt"],
    ["src/deep/../../../out/secret.txt"],
    [".."],
    ["..\\out\\secret.txt"],
    ["src\\..\\..\\out\\secret.txt"],
    ["/etc/passwd"],
    ["//etc/passwd"],
    ["\\\\server\\share"],
    ["C:\\Windows\\win.ini"],
    ["C:/Windows/win.ini"],
    ["c:secret.txt"],
    ["~/.ssh/id_rsa"],
    ["a.txt\0.png"],
    ["\0"],
  ])("%j is refused by every tool", async (path) => {
    const outside = readdirSync(base).sort();
    for (const [name, more] of [["list_files", {}], ...everyTool] as const) {
      const refusal = call(name, { path, ...more });
      await expect(refusal).rejects.toThrow(ToolRefusal);
      await expect(refusal).rejects.toThrow(/leads out|relative to the folder|null character/);
    }
    expect([got("out/secret.txt"), got("root-evil/secret.txt")]).toEqual(["SECRET", "SECRET"]);
    expect(readdirSync(base).sort()).toEqual(outside);
  });

  test("an absolute path into the folder is refused too", async () => {
    await expect(read(join(root, "a.txt"))).rejects.toThrow("relative to the folder");
  });

  test.each([
    ["a file", "secret", "../out/secret.txt", "secret"],
    ["a file, by its whole path", "secret", "OUT/secret.txt", "secret"],
    ["a folder", "door", "../out", "door/secret.txt"],
    ["a folder in between", "src/door", "../../out", "src/door/secret.txt"],
    ["a folder with the root's name in front", "door", "../root-evil", "door/secret.txt"],
    ["the root's parent", "door", "..", "door/out/secret.txt"],
    ["a link to a link", "door", "hop", "door/secret.txt"],
  ])("a link to %s outside is not followed", async (_, at, target, path) => {
    symlinkSync("../out", join(root, "hop"));
    symlinkSync(target.replace("OUT", join(base, "out")), join(root, at));
    // Without the jail the way is open.
    expect(readFileSync(join(root, path), "utf8")).toBe("SECRET");
    for (const [name, more] of everyTool)
      await expect(call(name, { path, ...more })).rejects.toThrow("leads out of the folder");
    const { matches } = await call("search_files", { query: "SECRET" });
    expect(matches).toEqual([]);
    const { entries } = await call("list_files", { depth: 9 });
    expect(JSON.stringify(entries)).not.toContain("secret.txt");
    expect(got("out/secret.txt")).toBe("SECRET");
  });

  test("nothing is made through a link", async () => {
    symlinkSync("../out", join(root, "door"));
    symlinkSync("../out/new.txt", join(root, "dangling"));
    for (const path of ["door/new.txt", "door/more/new.txt", "dangling"])
      await expect(call("write_file", { path, content: "EVIL" })).rejects.toThrow(ToolRefusal);
    expect(readdirSync(join(base, "out"))).toEqual(["secret.txt"]);
  });

  test("links inside are followed, in a circle they end", async () => {
    symlinkSync("src", join(root, "s"));
    symlinkSync("../a.txt", join(root, "src/up"));
    symlinkSync("loop", join(root, "loop"));
    symlinkSync("..", join(root, "src/again"));
    expect((await read("s/b.ts")).text).toContain("const b");
    expect((await read("src/up", { lines: 1 })).text).toBe("one\n");
    await expect(read("loop")).rejects.toThrow("leads in a circle");
    const { entries } = await call("list_files", { depth: 20 });
    expect(entries.length).toBeLessThan(15);
    await call("write_file", { path: "src/up", content: "new\n" });
    expect(got("root/a.txt")).toBe("new\n");
  });

  test("a root that is itself a link is the folder that it leads to", async () => {
    symlinkSync(root, join(base, "alias"));
    const [, reader] = fileTools(join(base, "alias"));
    const args = { path: "a.txt", lines: 1 } as never;
    expect(await reader!.execute(args, { toolCallId: "c" })).toMatchObject({ text: "one\n" });
  });

  test.runIf(process.platform === "linux")("pipes and devices are not opened", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    symlinkSync("/dev/zero", join(root, "zero"));
    const started = performance.now();
    for (const [name, more] of everyTool) {
      if (name !== "search_files")
        await expect(call(name, { path: "pipe", ...more })).rejects.toThrow("no regular file");
      await expect(call(name, { path: "zero", ...more })).rejects.toThrow("leads out");
    }
    expect((await call("search_files", { query: "two" })).matches).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test.runIf(process.platform === "linux")(
    "a folder that is swapped for a link between check and use lets nothing out or in",
    async () => {
      mkdirSync(join(root, "door"));
      put("root/door/secret.txt", "harmless");
      // A thread that does nothing but swap the folder for a link to the outside, and back.
      const swapper = new Worker(
        `const fs = require("node:fs"); const { root, out } = require("node:worker_threads").workerData;
         fs.symlinkSync(out, root + "/link");
         const [door, kept, link] = ["/door", "/kept", "/link"].map((name) => root + name);
         for (;;) {
           try {
             fs.renameSync(door, kept); fs.renameSync(link, door);
             fs.renameSync(door, link); fs.renameSync(kept, door);
           } catch {
             // A write made the folder anew while it was away.
             try { if (fs.existsSync(kept)) { fs.rmSync(door, { recursive: true }); fs.renameSync(kept, door); } } catch {}
           }
         }`,
        { eval: true, workerData: { root, out: join(base, "out") } },
      );
      try {
        // The same check without the rest of the jail: it leaks.
        const naive = async () => {
          const path = join(root, "door/secret.txt");
          return (await realpath(path)).startsWith(`${root}/`) ? readFile(path, "utf8") : "refused";
        };
        let leaked = false;
        const until = performance.now() + 5000;
        while (!leaked && performance.now() < until)
          leaked = (await naive().catch(() => "")) === "SECRET";
        expect(leaked).toBe(true);

        const texts = new Set<string>();
        const end = performance.now() + 5000;
        for (let at = 0; performance.now() < end && (at < 60 || texts.size < 2); at++) {
          const text = read("door/secret.txt").then(({ text }: { text: string }) => text);
          texts.add(await text.catch((error: unknown) => (error as Error).name));
          await call("write_file", { path: "door/new.txt", content: "EVIL" }).catch(() => {});
          await call("write_file", { path: "door/sub/new.txt", content: "EVIL" }).catch(() => {});
        }
        expect([...texts].sort()).toEqual(["ToolRefusal", "harmless"]);
      } finally {
        await swapper.terminate();
      }
      expect(readdirSync(join(base, "out"))).toEqual(["secret.txt"]);
      expect(got("out/secret.txt")).toBe("SECRET");
    },
  );
});

describe("searching", () => {
  test.each([
    [{ query: "const b" }, ["src/b.ts:1"]],
    [{ query: "CONST B", ignoreCase: true }, ["src/b.ts:1"]],
    [{ query: "CONST B" }, []],
    [{ query: "^(export )?const c", regex: true }, ["src/b.ts:2", "src/deep/c.ts:1"]],
    [{ query: "const c", name: "C.*" }, ["src/deep/c.ts:1"]],
    [{ query: "const", path: "src/deep" }, ["src/deep/c.ts:1"]],
    [{ query: "const", path: "src/b.ts" }, ["src/b.ts:1", "src/b.ts:2"]],
    [{ query: "ONE$", regex: true, ignoreCase: true }, ["a.txt:1"]],
    [{ query: "a+b(" }, []],
    [{ query: "hidden" }, []],
  ])("%j", async (args, places) => {
    const { matches } = (await call("search_files", args)) as {
      matches: { path: string; line: number }[];
    };
    expect(matches.map(({ path, line }) => `${path}:${line}`)).toEqual(places);
  });

  test("many lines are cut off and said to be; long lines are shown around the match", async () => {
    put("root/many.txt", "hit\n".repeat(500));
    const { matches, truncated } = await call("search_files", { query: "hit", limit: 10 });
    expect(matches).toHaveLength(10);
    expect(truncated).toContain("only the first 10 lines");
    put("root/wide.txt", `${"x".repeat(5000)}needle${"y".repeat(5000)}`);
    for (const regex of [false, true]) {
      const [match] = (await call("search_files", { query: "needle", regex })).matches;
      expect(match.text).toHaveLength(300);
      expect(match.text).toContain("xneedley");
    }
  });

  test("binary and large files are left out, and counted", async () => {
    put("root/x.bin", Buffer.from("\0needle"));
    put("root/big.txt", "needle".repeat(100));
    const found = await call("search_files", { query: "needle" }, { maxFileBytes: 200 });
    expect(found).toEqual({ matches: [], skipped: "2 files that are too large or no text" });
  });

  test("an expression that never ends is ended, and other work goes on meanwhile", async () => {
    put("root/z.txt", `found aaa\n${"a".repeat(60)}b\n`);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    const started = performance.now();
    const evil = { query: "^(a+)+$", regex: true };
    await expect(call("search_files", evil, { searchTimeout: 400 })).rejects.toThrow(
      "Nothing was found within 400 ms",
    );
    clearInterval(ticking);
    expect(performance.now() - started).toBeLessThan(3000);
    expect(ticks).toBeGreaterThan(15);
    // What was found before is not lost.
    put("root/0.txt", "aaa\n");
    expect(await call("search_files", evil, { searchTimeout: 2000 })).toEqual({
      matches: [{ path: "0.txt", line: 1, text: "aaa" }],
      truncated: expect.stringContaining("longer than 2000 ms"),
    });
  });

  test.each([
    ["(", "Invalid regular expression"],
    ["", "query is empty"],
  ])("the expression %j is refused", async (query, words) => {
    await expect(call("search_files", { query, regex: true })).rejects.toThrow(words);
  });

  test("no name pattern takes long", async () => {
    put(`root/${"a".repeat(250)}`, "needle");
    const started = performance.now();
    await call("search_files", { query: "needle", name: `${"*a".repeat(99)}b` });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("an aborted search ends", async () => {
    put("root/z.txt", `${"a".repeat(60)}b\n`);
    const controller = new AbortController();
    const [, , search] = fileTools(root);
    const args = { query: "^(a+)+$", regex: true } as never;
    const context = { toolCallId: "c", signal: controller.signal };
    setTimeout(() => controller.abort(new Error("stop")), 50);
    await expect(search!.execute(args, context)).rejects.toThrow("stop");
  });
});

describe("writing", () => {
  test("only where it is asked for", () => {
    const names = fileTools(root).map((tool) => tool.function.name);
    expect(names).toEqual(["list_files", "read_file", "search_files"]);
  });

  test("a file is made with its folders, and replaced keeping its permissions", async () => {
    expect(await call("write_file", { path: "new/er/f.txt", content: "é" })).toEqual({
      path: "new/er/f.txt",
      bytes: 2,
      created: true,
    });
    expect(got("root/new/er/f.txt")).toBe("é");
    chmodSync(join(root, "a.txt"), 0o755);
    const replaced = await call("write_file", { path: "a.txt", content: "x" });
    expect(replaced).toMatchObject({ created: false });
    expect(got("root/a.txt")).toBe("x");
    expect(statSync(join(root, "a.txt")).mode & 0o777).toBe(0o755);
    expect(readdirSync(root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test.each([
    ["", "is a folder"],
    [".", "is a folder"],
    ["src", "is a folder"],
    ["a.txt/b", "a part of the path is a file"],
  ])("write_file %j is refused", async (path, words) => {
    await expect(call("write_file", { path, content: "x" })).rejects.toThrow(words);
    expect(readdirSync(root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("what no file can hold, or too much, is refused", async () => {
    const lone = call("write_file", { path: "a.txt", content: "\ud800" });
    await expect(lone).rejects.toThrow("surrogate");
    const large = { path: "a.txt", content: "x".repeat(101) };
    await expect(call("write_file", large, { maxFileBytes: 100 })).rejects.toThrow(
      "larger than 100",
    );
    expect(got("root/a.txt")).toBe("one\ntwo\nthree\n");
  });

  test.each([
    ["one\ntwo\n", "two", "2", "one\n2\n", 2],
    ["a $& b", "a", "$& $1 $$", "$& $1 $$ $& b", 1],
    ["a\r\nb\r\nc", "a\nb", "x\ny", "x\r\ny\r\nc", 1],
    ["\ufeffone", "one", "two", "\ufefftwo", 1],
    ["aba", "ab", "", "a", 1],
    ["(.*)", "(.*)", "x", "x", 1],
  ])("edit_file %j: %j to %j", async (before, old, replacement, after, line) => {
    put("root/e.txt", before);
    const result = await call("edit_file", { path: "e.txt", old, new: replacement });
    expect(result).toEqual({ path: "e.txt", line });
    expect(got("root/e.txt")).toBe(after);
  });

  test.each([
    ["aXbXc\nX", "X", "more than once, in lines 1 and 1"],
    ["aaa", "aa", "more than once"],
    ["abc", "x", "does not stand in the file"],
    ["abc", "", "`old` is empty"],
    ["abc", "same", "the same"],
  ])("edit_file %j, %j is refused", async (before, old, words) => {
    put("root/e.txt", before);
    await expect(call("edit_file", { path: "e.txt", old, new: "same" })).rejects.toThrow(words);
    expect(got("root/e.txt")).toBe(before);
  });

  test("a file in another encoding is not edited, as its bytes would be lost", async () => {
    const latin = Uint8Array.of(0x63, 0xe9, 0x64);
    put("root/l.txt", latin);
    await expect(call("edit_file", { path: "l.txt", old: "c", new: "x" })).rejects.toThrow("UTF-8");
    expect([...readFileSync(join(root, "l.txt"))]).toEqual([...latin]);
  });

  test("edits at the same time all happen", async () => {
    const numbers = Array.from({ length: 20 }, (_, at) => at);
    put("root/n.txt", numbers.map((at) => `<${at}>`).join("\n"));
    await Promise.all(
      numbers.map((at) => call("edit_file", { path: "n.txt", old: `<${at}>`, new: `done ${at}` })),
    );
    expect(got("root/n.txt")).toBe(numbers.map((at) => `done ${at}`).join("\n"));
  });

  test(
    "what a kill leaves is the old file or the new one, whole",
    async () => {
      const size = 1_000_000;
      const program = `
      import { fileTools } from "@polycall/agent/tools";
      const write = fileTools(process.argv[1], { write: true })[3];
      for (let n = 0; ; n++) {
        const content = String(n % 10).repeat(${size});
        await write.execute({ path: "k.txt", content }, { toolCallId: "c" });
        if (n === 0) console.log("ready");
      }`;
      const cwd = new URL("../..", import.meta.url);
      for (let kill = 0; kill < (long ? 50 : 2); kill++) {
        const child = spawn(process.execPath, ["--input-type=module", "-e", program, root], {
          cwd,
        });
        await new Promise((ready, failed) => {
          child.stdout.once("data", ready);
          child.once("exit", () => failed(new Error("it ended by itself")));
        });
        await new Promise((later) => setTimeout(later, Math.random() * 40));
        const gone = new Promise((exit) => child.once("exit", exit));
        child.kill("SIGKILL");
        await gone;
        const text = got("root/k.txt");
        expect([text.length, text === text[0]!.repeat(size)]).toEqual([size, true]);
      }
    },
    long ? 600_000 : 120_000,
  );

  test("an agent is told that changing files is sensitive, and goes one by one", async () => {
    const asked = ({ path }: { path: string }) => path.endsWith(".env");
    const [list, , , write, edit] = fileTools(root, { write: true, needsApproval: asked });
    expect(list!.policy).toMatchObject({ untrusted: true });
    expect(write!.policy).toMatchObject({ sensitive: true, serial: true, needsApproval: asked });
    expect(edit!.policy).toMatchObject({ sensitive: true, serial: true, idempotent: false });
    expect(fileTools(root, { untrusted: false })[1]!.policy.untrusted).toBe(false);
  });
});

test("a root that is no folder is an error of the program", () => {
  expect(() => fileTools(join(base, "nowhere"))).toThrow(InvalidRequestError);
  expect(() => fileTools(join(root, "a.txt"))).toThrow(InvalidRequestError);
  expect(existsSync(join(base, "nowhere"))).toBe(false);
});
