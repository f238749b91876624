/** Which package may import which, and the check that the sources keep to it. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { readImports } from "./imports.ts";
import { publishedPackages, root, type WorkspacePackage } from "./workspace.ts";

export interface Layer {
  /** Packages of this workspace that its sources may import. */
  imports: readonly string[];
  /** Packages from elsewhere that its sources may import. */
  external: readonly string[];
  /**
   * How the paths begin of the files that may import what only Node has. The other files reach them
   * through package.json's `imports` alone, which a bundler for the browser turns elsewhere.
   */
  node: readonly string[];
  /** Files that load what their user names: only they may import a computed name. */
  computed?: readonly string[];
}

/** The arrows. A new package is a new row; an arrow points down or the check fails. */
export const layers: Record<string, Layer> = {
  "@polycall/core": { imports: [], external: [], node: ["src/transport/node"] },
  "@polycall/openai": { imports: ["@polycall/core"], external: ["openai"], node: [] },
  "@polycall/anthropic": { imports: ["@polycall/core"], external: ["@anthropic-ai/sdk"], node: [] },
  "@polycall/gemini": { imports: ["@polycall/core"], external: ["@google/genai"], node: [] },
  "@polycall/ollama": { imports: ["@polycall/core"], external: [], node: [] },
  "@polycall/local": {
    imports: ["@polycall/core"],
    external: ["@huggingface/transformers"],
    node: ["src/node/"],
    // A bundler would look for what is not installed.
    computed: ["src/transformers.ts"],
  },
  "@polycall/models": { imports: ["@polycall/core"], external: [], node: [] },
  polycall: {
    imports: [
      "@polycall/core",
      "@polycall/openai",
      "@polycall/anthropic",
      "@polycall/gemini",
      "@polycall/ollama",
      "@polycall/models",
    ],
    external: [],
    node: [],
    computed: ["src/optional.ts"],
  },
  "@polycall/fetch": { imports: ["@polycall/core"], external: [], node: ["src/"] },
  "@polycall/agent": {
    imports: ["@polycall/core", "@polycall/fetch", "@polycall/models", "polycall"],
    external: ["@opentelemetry/api", "jsonrepair", "quickjs-emscripten"],
    node: ["src/node/"],
  },
  "@polycall/durable-dbos": {
    imports: ["@polycall/agent", "@polycall/core"],
    external: ["@dbos-inc/dbos-sdk"],
    node: ["src/"],
  },
  "@polycall/mcp": {
    imports: ["@polycall/core"],
    external: [
      "@cfworker/json-schema",
      "@modelcontextprotocol/client",
      "@modelcontextprotocol/server",
      "cross-spawn",
    ],
    node: ["src/node/"],
  },
  "@polycall/embeddings": {
    imports: ["@polycall/core", "@polycall/models", "polycall"],
    external: [],
    node: ["src/node/"],
    computed: ["src/pictures/png.ts"],
  },
  "@polycall/documents": {
    imports: ["@polycall/core", "@polycall/fetch", "polycall"],
    external: [
      "@e965/xlsx",
      "@kenjiuno/msgreader",
      "@mozilla/readability",
      "chardet",
      "csv-parse",
      "fflate",
      "hast-util-to-html",
      "linkedom",
      "mammoth",
      "postal-mime",
      "rehype-parse",
      "rehype-remark",
      "remark-gfm",
      "remark-stringify",
      "unified",
      "unpdf",
    ],
    node: ["src/"],
  },
  "@polycall/rag": {
    imports: ["@polycall/core", "@polycall/documents", "@polycall/embeddings", "polycall"],
    external: [
      "bullmq",
      "gpt-tokenizer",
      "picomatch",
      "stemmer",
      "usearch",
      "wink-porter2-stemmer",
    ],
    node: ["src/node/"],
  },
  "@polycall/cli": {
    imports: [
      "@polycall/core",
      "@polycall/models",
      "polycall",
      "@polycall/agent",
      "@polycall/documents",
      "@polycall/rag",
    ],
    external: [],
    node: ["src/"],
    computed: ["src/run/load.ts"],
  },
  "@polycall/testing": { imports: ["@polycall/core"], external: ["ajv", "msw"], node: ["src/"] },
};

/**
 * What breaks the layering in the sources of the workspace at `at`, one line each, empty when all is
 * well: an import that no arrow allows, one that is not declared, one that leaves its package, one that
 * only Node has, a computed one, and a cycle, between packages or between files. Types count as any
 * import does, except in cycles of files: there they are gone before anything runs.
 */
export function layeringProblems(at: string = root): string[] {
  const problems: string[] = [];
  const packageGraph: Graph = new Map();
  for (const workspacePackage of publishedPackages(at)) {
    const { folder, manifest } = workspacePackage;
    const layer = layers[manifest.name];
    if (!layer) {
      problems.push(`${folder}: ${manifest.name} has no row in scripts/layers.ts`);
      continue;
    }
    const sources = readSources(at, workspacePackage, layer);
    problems.push(...sources.leaks.map((leak) => `${folder}/${leak}`));
    const neighbours = new Set<string>();
    for (const { path, line, specifier } of sources.foreign) {
      const problem = judge(specifier, path, layer, workspacePackage);
      if (problem) problems.push(`${folder}/${path}:${line}: ${problem}`);
      if (specifier && layers[packageName(specifier)]) neighbours.add(packageName(specifier));
    }
    packageGraph.set(manifest.name, neighbours);
    for (const cycle of cycles(sources.files)) {
      problems.push(`${folder}: files in a cycle: ${cycle.join(" -> ")}`);
    }
  }
  for (const cycle of cycles(packageGraph)) {
    problems.push(`packages in a cycle: ${cycle.join(" -> ")}`);
  }
  return problems;
}

type Graph = Map<string, Set<string>>;

interface ForeignImport {
  path: string;
  line: number;
  specifier: string | undefined;
}

/** The imports between a package's own files, those that lead elsewhere, and leaks of Node's. */
function readSources(at: string, { folder, manifest }: WorkspacePackage, layer: Layer) {
  const files: Graph = new Map();
  const foreign: ForeignImport[] = [];
  const leaks: string[] = [];
  const base = join(at, folder);
  for (const found of globSync("src/**/*.{ts,tsx,mts,cts}", { cwd: base }).sort()) {
    const path = found.replaceAll("\\", "/");
    const own = new Set<string>();
    const text = readFileSync(join(base, path), "utf8");
    for (const { specifier, line, typeOnly } of readImports(path, text)) {
      const targets = ownTargets(specifier, path, manifest.imports ?? {});
      if (targets.length === 0 || !targets.every((target) => existsSync(join(base, target)))) {
        foreign.push({ path, line, specifier });
      } else if (!typeOnly) {
        for (const target of targets) own.add(target);
        const leak = !specifier?.startsWith("#") && targets.find((one) => mayUseNode(one, layer));
        if (leak && !mayUseNode(path, layer)) {
          leaks.push(`${path}:${line}: imports ${leak}, which runs in Node only`);
        }
      }
    }
    files.set(path, own);
  }
  return { files, foreign, leaks };
}

function mayUseNode(path: string, layer: Layer): boolean {
  return layer.node.some((start) => path.startsWith(start));
}

/** The files of its own package that an import may mean, through package.json's `imports` too. */
function ownTargets(
  specifier: string | undefined,
  from: string,
  aliases: NonNullable<WorkspacePackage["manifest"]["imports"]>,
): string[] {
  if (specifier?.startsWith(".")) {
    const target = posix.join(posix.dirname(from), specifier);
    return target.startsWith("src/") ? [target] : [];
  }
  const alias = specifier === undefined ? undefined : aliases[specifier];
  if (alias === undefined) return [];
  const paths = typeof alias === "string" ? [alias] : Object.values(alias);
  return paths.map((path) => posix.normalize(path));
}

function judge(
  specifier: string | undefined,
  path: string,
  layer: Layer,
  { manifest }: WorkspacePackage,
): string | undefined {
  if (specifier === undefined) {
    return layer.computed?.includes(path) ? undefined : "imports a computed name; write it out";
  }
  if (specifier.startsWith(".") || specifier.startsWith("#")) {
    return `imports ${specifier}, which is not a file of this package's src`;
  }
  if (isBuiltin(specifier)) {
    return mayUseNode(path, layer) ? undefined : `imports ${specifier}, which only Node has`;
  }
  const name = packageName(specifier);
  if (![...layer.imports, ...layer.external].includes(name)) {
    return `${manifest.name} may not import ${name}`;
  }
  if (!(name in { ...manifest.dependencies, ...manifest.peerDependencies })) {
    return `imports ${name}, which its package.json does not declare`;
  }
  return undefined;
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** One path for each edge that closes a cycle, found depth first. */
function cycles(graph: Graph): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    if (done.has(node)) return;
    const start = path.indexOf(node);
    if (start >= 0) {
      found.push([...path.slice(start), node]);
      return;
    }
    path.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return found;
}
