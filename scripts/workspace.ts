/** Where the workspace is and which packages it has. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Manifest {
  name: string;
  private?: boolean;
  scripts?: Record<string, string>;
  imports?: Record<string, string | Record<string, string>>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export interface WorkspacePackage {
  /** Relative to the root, such as `packages/core`. */
  folder: string;
  manifest: Manifest;
}

/** Every package of the workspace whose root is given. */
export function workspacePackages(at: string = root): WorkspacePackage[] {
  const yaml = readFileSync(join(at, "pnpm-workspace.yaml"), "utf8");
  const patterns = [...yaml.matchAll(/^ {2}- (\S+)$/gm)].map((match) => match[1]!);
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: at }))
    .filter((folder) => existsSync(join(at, folder, "package.json")))
    .sort()
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(at, folder, "package.json"), "utf8")) as Manifest,
    }));
}

/** The packages that are published: those under packages/. */
export function publishedPackages(at: string = root): WorkspacePackage[] {
  return workspacePackages(at).filter(({ manifest }) => !manifest.private);
}
