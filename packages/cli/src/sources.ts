/** The text files under some paths in which a model may be named. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";

export interface SourceFile {
  file: string;
  text: string;
  /** Whether values stand there without quotes, too. */
  unquoted: boolean;
}

const code =
  "ts tsx mts cts js jsx mjs cjs py pyi ipynb rb go rs java kt kts scala cs fs php swift dart ex exs clj lua r jl sh bash vue svelte astro html md mdx json jsonc json5 toml tf";
const plain = "yaml yml env ini cfg conf properties";
const extensions = new Set(`${code} ${plain}`.split(" ").map((one) => `.${one}`));
const unquotedOnes = new Set(plain.split(" ").map((one) => `.${one}`));
const skipped = new Set(
  "node_modules bower_components vendor dist build out coverage target __pycache__ venv".split(" "),
);
const locks = /^(?:package-lock|npm-shrinkwrap)\.json$|-lock\.ya?ml$|\.lock$/;
/** Longer ones are data. */
const most = 2_000_000;

const isEnv = (name: string) => name === ".env" || name.startsWith(".env.");

/** A path that is named is read whatever it is called; in a folder, what looks like source. In order of names. */
export function* sources(paths: readonly string[]): Generator<SourceFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    for (const file of statSync(path).isDirectory() ? walk(path) : [path]) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = read(file);
      if (text === undefined) continue;
      const name = basename(file);
      yield { file, text, unquoted: isEnv(name) || unquotedOnes.has(extname(name)) };
    }
  }
}

/** Links are not followed: they lead out, or round. */
function* walk(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const path = join(folder, name);
    if (entry.isDirectory()) {
      if (!skipped.has(name) && !name.startsWith(".")) yield* walk(path);
    } else if (entry.isFile() && (isEnv(name) || isSource(name))) {
      yield path;
    }
  }
}

const isSource = (name: string) => extensions.has(extname(name)) && !locks.test(name);

/** Undefined for what is no text, or too long to be source. */
function read(file: string): string | undefined {
  if (statSync(file).size > most) return undefined;
  const bytes = readFileSync(file);
  return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString("utf8");
}
