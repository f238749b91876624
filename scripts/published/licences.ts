/** The licence of every package that comes along when one of ours is installed. */
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { publishedPackages, root } from "../workspace.ts";

export interface Licensed {
  name: string;
  /** SPDX, as its package.json says it; empty when that says nothing. */
  licence: string;
  /** Which of our packages bring it. */
  broughtBy: string[];
  /** What it would run when it is installed. */
  installScripts: string[];
}

interface Manifest {
  name: string;
  license?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lifecycle = ["preinstall", "install", "postinstall"];

/** Runtime dependencies of the published packages, and theirs, by name. Optional peers do not come along. */
export function runtimeDependencies(): Licensed[] {
  const found = new Map<string, Licensed>();
  const ours = publishedPackages();
  for (const { folder, manifest } of ours) {
    const seen = new Set<string>();
    const visit = (at: string) => {
      const one = JSON.parse(readFileSync(join(at, "package.json"), "utf8")) as Manifest;
      if (seen.has(at)) return;
      seen.add(at);
      if (!ours.some((own) => own.manifest.name === one.name)) {
        const known = found.get(one.name) ?? {
          name: one.name,
          licence: one.license ?? "",
          broughtBy: [],
          installScripts: lifecycle.filter((script) => one.scripts?.[script]),
        };
        if (!known.broughtBy.includes(manifest.name)) known.broughtBy.push(manifest.name);
        found.set(one.name, known);
      }
      for (const name of Object.keys({ ...one.dependencies, ...one.optionalDependencies })) {
        const next = located(name, at);
        if (next) visit(next);
        else if (name in (one.dependencies ?? {})) throw new Error(`${one.name} lacks ${name}`);
      }
    };
    visit(realpathSync(join(root, folder)));
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where Node finds a package from a folder: in its node_modules or one further up. */
function located(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      return realpathSync(join(folder, "node_modules", name));
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}
