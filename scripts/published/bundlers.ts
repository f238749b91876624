/** One program, bundled for Node by each of three bundlers: where the bundle is and what is in it. */
import { join } from "node:path";
import commonjsPlugin from "@rollup/plugin-commonjs";
import jsonPlugin from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build } from "esbuild";
import { type Plugin, rollup } from "rollup";
import webpack from "webpack";

// Their types take them for CommonJS, which they are not when imported.
const [commonjs, json] = [commonjsPlugin, jsonPlugin] as unknown as [() => Plugin, () => Plugin];

export interface Bundle {
  /** The file to run. */
  path: string;
  /** The packages whose code is in it, by name. */
  packages: string[];
}

/** @param entry a file of an app @param folder where to write */
export type Bundler = (entry: string, folder: string) => Promise<Bundle>;

export const bundlers: Record<string, Bundler> = {
  async esbuild(entry, folder) {
    const path = join(folder, "out.mjs");
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      platform: "node",
      outfile: path,
      metafile: true,
      logLevel: "error",
    });
    const { inputs } = Object.values(metafile.outputs)[0]!;
    const kept = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    return { path, packages: packagesOf(kept.map(([name]) => name)) };
  },

  async rollup(entry, folder) {
    const path = join(folder, "out.mjs");
    const bundle = await rollup({
      input: entry,
      plugins: [
        nodeResolve({ exportConditions: ["node"], preferBuiltins: true }),
        commonjs(),
        json(),
      ],
      onLog(level, log) {
        // The SDKs have cycles of their own.
        if (level === "warn" && log.code !== "CIRCULAR_DEPENDENCY") throw new Error(log.message);
      },
    });
    const { output } = await bundle.write({
      file: path,
      format: "esm",
      inlineDynamicImports: true,
    });
    await bundle.close();
    const kept = Object.entries(output[0].modules).filter(([, module]) => module.renderedLength);
    return { path, packages: packagesOf(kept.map(([name]) => name)) };
  },

  webpack(entry, folder) {
    const path = join(folder, "out.mjs");
    const compiler = webpack({
      mode: "production",
      entry,
      target: "node22",
      output: { path: folder, filename: "out.mjs", module: true, chunkFormat: "module" },
      experiments: { outputModule: true },
      optimization: { minimize: false },
      plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
    });
    return new Promise((resolve, reject) => {
      compiler.run((error, stats) => {
        compiler.close(() => {});
        if (error || !stats) return reject(error);
        if (stats.hasErrors()) return reject(new Error(stats.toString("errors-only")));
        const { modules = [] } = stats.toJson({ all: false, modules: true, nestedModules: true });
        const names = modules.flatMap((one) => [one, ...(one.modules ?? [])]);
        resolve({ path, packages: packagesOf(names.map(({ name }) => name ?? "")) });
      });
    });
  },
};

/** The packages that files are of: what follows the last `node_modules/`. */
function packagesOf(files: readonly string[]): string[] {
  const names = files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
