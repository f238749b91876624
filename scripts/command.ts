/** Runs a command of the workspace to its end, for the checks. */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { root } from "./workspace.ts";

export interface CommandResult {
  code: number | null;
  stdout: string;
  /** Both streams, in the order in which they came. */
  output: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
}

/** Runs a command with the root's tools on PATH; a command that cannot start rejects. */
export function command(
  name: string,
  args: readonly string[],
  { cwd = root, env = process.env }: CommandOptions = {},
): Promise<CommandResult> {
  const path = [join(root, "node_modules", ".bin"), dirname(process.execPath), env.PATH];
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      cwd,
      env: {
        ...env,
        PATH: path.filter(Boolean).join(delimiter),
        TURBO_TELEMETRY_DISABLED: "1",
        NO_COLOR: "1",
        FORCE_COLOR: undefined,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, output }));
  });
}

/**
 * The environment of a stranger: no key of any provider, no settings of a person, and no local
 * Ollama, so that what runs in it runs the same everywhere.
 */
export const strangersEnv: Record<string, string | undefined> = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  OLLAMA_HOST: "http://127.0.0.1:9",
};
