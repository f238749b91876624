/** Runs the real command as a person does: in a project of its own, as a process of its own. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../src/index.ts";

const bin = fileURLToPath(new URL("../../../polycall/bin/polycall.js", import.meta.url));
const cli = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the same in this process: for what needs no other. */
export async function inProcess(...args: string[]): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    out: (text) => void out.push(`${text}\n`),
    err: (text) => void err.push(`${text}\n`),
    env: { XDG_CACHE_HOME: "/nowhere" },
    width: undefined,
    color: false,
  });
  return { code, out: out.join(""), err: err.join("") };
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "cli-"));

  constructor({ installed = true } = {}) {
    if (!installed) return;
    this.link("cli", "@polycall/cli");
  }

  /** Installs a package of this workspace. */
  link(folder: string, name: string): void {
    const at = join(this.folder, "node_modules", name);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(join(cli, "..", folder), at, "junction");
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  /** @param env beside an empty environment with a cache folder in the project */
  run(args: readonly string[], env: Record<string, string> = {}, input = ""): Promise<Ended> {
    const { child, ended } = this.start(args, env);
    child.stdin.end(input);
    return ended;
  }

  /** The same, while it runs. */
  start(args: readonly string[], env: Record<string, string> = {}) {
    const child = this.#spawn(args, env);
    const told: Ended = { code: null, out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (told.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (told.err += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ ...told, code }));
    });
    return { child, told, ended };
  }

  #spawn(args: readonly string[], env: Record<string, string>) {
    return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", bin, ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        XDG_CACHE_HOME: this.path("cache"),
        ...env,
      },
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
