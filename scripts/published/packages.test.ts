/**
 * Each package, as published: it builds, publint and attw find nothing, its tarball works installed
 * (ESM, CommonJS, a browser bundle), and importing it touches neither the network nor the environment.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { describe, expect, inject, test } from "vitest";
import { command, strangersEnv } from "../command.ts";
import { publishedPackages, root } from "../workspace.ts";

const packages = publishedPackages().map((one) => ({ ...one, name: one.manifest.name }));

const user = inject("installed");

/**
 * What a process that runs `code` noted: uses of the network, and of the environment by `ours`; and what
 * the code printed before.
 */
async function guarded(code: string, type: "module" | "commonjs", cwd: string, ours: string) {
  const guard = pathToFileURL(join(root, "scripts", "import-guard.ts")).href;
  const result = await command(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--import",
      guard,
      `--input-type=${type}`,
      "-e",
      code,
    ],
    { cwd, env: { ...strangersEnv, IMPORT_GUARD_OURS: ours } },
  );
  expect(result.code, result.output).toBe(0);
  const [notes, ...printed] = result.stdout.trim().split("\n").reverse();
  return { notes: JSON.parse(notes!) as string[], printed: printed[0] };
}

/** The names that a package exports, and what loading it touched, in one process each way. */
function loads(name: string) {
  const print = "console.log(JSON.stringify(Object.keys(m).sort()))";
  const load = `const m = await import(${JSON.stringify(name)}); ${print}`;
  const require = `const m = require(${JSON.stringify(name)}); ${print}`;
  const run = async (...args: Parameters<typeof guarded>) => {
    const { notes, printed } = await guarded(...args);
    const names = JSON.parse(printed ?? "[]") as string[];
    return { notes, names: names.filter((one) => one !== "module.exports") };
  };
  const once = (...args: Parameters<typeof guarded>) => {
    let running: ReturnType<typeof run> | undefined;
    return () => {
      running ??= run(...args);
      return running;
    };
  };
  return {
    source: once(load, "module", join(root, "scripts"), join(root, "packages")),
    imported: once(load, "module", user, user),
    required: once(require, "commonjs", user, user),
  };
}

describe.each(packages)("$name", ({ name }) => {
  test("builds, and publint and attw find nothing", async () => {
    const turbo = ["run", "check:package", `--filter=${name}`, "--output-logs=errors-only"];
    const { code, output } = await command("turbo", turbo);
    expect(code, output).toBe(0);
  }, 300_000);

  const loaded = loads(name);

  test("touches nothing when its sources are imported", async () => {
    expect((await loaded.source()).notes).toEqual([]);
  });

  test.each(["imported", "required"] as const)(
    "touches nothing when its tarball is %s",
    async (way) => {
      expect((await loaded[way]()).notes).toEqual([]);
    },
  );

  test("exports the same names to import and to require, from the tarball and the sources", async () => {
    const { names } = await loaded.source();
    expect(names).not.toEqual([]);
    expect((await loaded.imported()).names).toEqual(names);
    expect((await loaded.required()).names).toEqual(names);
  });
});

describe("the tarballs together", () => {
  const models = ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5", "gemini/gemini-2.5-flash"];
  const program = `
    const simulated = await simulator();
    const { completion } = createClient({ providers: simulated.providers });
    const messages = [{ role: "user", content: "Tell a joke about cats." }];
    const providers = [];
    for (const model of ${JSON.stringify([...models, "openrouter/z-ai/glm-4.7", "ollama/qwen3"])}) {
      const { provider, text } = await completion({ model, messages });
      let streamed = "";
      for await (const chunk of await completion({ model, messages, stream: true })) {
        streamed += chunk.choices[0]?.delta.content ?? "";
      }
      if (text && text === streamed) providers.push(provider);
    }
    await simulated.close();
    console.log(JSON.stringify(providers));
  `;

  test.each([
    [
      "imported",
      "module",
      `import { createClient } from "polycall"; import { simulator } from "@polycall/testing"; ${program}`,
    ],
    [
      "required",
      "commonjs",
      `const { createClient } = require("polycall"); const { simulator } = require("@polycall/testing");
      (async () => { ${program} })();`,
    ],
  ])("answer through five providers, %s, streamed and not", async (_, type, code) => {
    const node = [`--input-type=${type}`, "-e", code];
    const { stdout, output } = await command(process.execPath, node, {
      cwd: user,
      env: strangersEnv,
    });
    expect(stdout.trim(), output).toBe('["openai","anthropic","gemini","openrouter","ollama"]');
  });
});

describe("core's transport", () => {
  test("is Node's in Node, imported and required", () => {
    const from = createRequire(
      join(user, "node_modules", "@polycall", "core", "dist", "index.cjs"),
    );
    expect(from.resolve("#transport")).toMatch(/[\\/]dist[\\/]transport[\\/]node\.cjs$/);
  });

  test.each(["@polycall/core", "polycall"])(
    "is fetch in a bundle of %s for the browser, in which nothing of Node is left",
    async (name) => {
      const entry = join(user, "entry.js");
      writeFileSync(entry, `export * from ${JSON.stringify(name)};`);
      const { metafile } = await build({
        entryPoints: [entry],
        bundle: true,
        write: false,
        metafile: true,
        format: "esm",
        platform: "browser",
        absWorkingDir: user,
        outdir: "out",
      });
      const inputs = Object.keys(metafile.inputs);
      expect(inputs).toContain("node_modules/@polycall/core/dist/transport/fetch.js");
      expect(inputs.filter((path) => path.includes("transport/node"))).toEqual([]);
    },
  );
});

describe("the guard", () => {
  test.each([
    ["a fetch", 'fetch("http://127.0.0.1:9").catch(() => {})', "globalThis.fetch"],
    ["a socket", 'require("node:net").connect(9)', "net.connect"],
    ["a name looked up", 'require("node:dns").lookup("localhost", () => {})', "dns.lookup"],
    ["a read of the environment", "process.env.OPENAI_API_KEY", "process.env OPENAI_API_KEY"],
    [
      "a search of the environment",
      '"OPENAI_API_KEY" in process.env',
      "process.env OPENAI_API_KEY",
    ],
    ["a copy of the environment", "({ ...process.env })", "process.env as a whole"],
  ])("notes %s", async (_, code, note) => {
    const planted = join(user, "planted.cjs");
    writeFileSync(planted, `try { ${code} } catch {}`);
    const { notes } = await guarded(`require("./planted.cjs")`, "commonjs", user, planted);
    expect(notes[0]).toContain(note);
  });
});
