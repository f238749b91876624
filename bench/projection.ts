/**
 * Pictures of 1,000 and 5,000 vectors of 384 numbers, in two dimensions: t-SNE and UMAP beside the packages
 * that have them, each in a process of its own: the CPU time, and what of the neighbourhoods is left.
 * `node bench/projection.ts`, or `node bench/projection.ts 1000`.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { project, projectionQuality } from "@polycall/embeddings/plot";
import { corpus, dimensions } from "./clustered.ts";
import { median, table } from "./measure.ts";

type Method = "t-SNE" | "UMAP";

/** Rows to points in the plane. */
type Contender = (rows: number[][], seed: number) => number[][];
type Peers = Record<Method, Record<string, Contender>>;

const path = "./peers/projection.js";
const installed = existsSync(new URL("peers/node_modules/umap-js", import.meta.url));
const peers: Peers = installed
  ? (await import(path)).contenders
  : ({ "t-SNE": {}, UMAP: {} } satisfies Peers);

/** Those that take minutes for 5,000 are measured at 1,000 alone. */
const quick = ["polycall", "umap-js"];

interface Measured {
  s: number;
  kept: number;
  trustworthiness: number;
  purity: number;
  rssMB: number;
}

async function one(method: Method, name: string, count: number, seed: number): Promise<Measured> {
  const { vectors, labels } = corpus(count);
  const rows = Array.from({ length: count }, (_, n) =>
    vectors.subarray(n * dimensions, (n + 1) * dimensions),
  );
  // The peers take lists of numbers.
  const lists = name === "polycall" ? [] : rows.map((row) => Array.from(row));
  const began = process.cpuUsage();
  const points =
    name === "polycall"
      ? await project(rows, { method: method === "t-SNE" ? "tsne" : "umap", seed })
      : peers[method][name]!(lists, seed);
  const { user, system } = process.cpuUsage(began);
  const rssMB = process.resourceUsage().maxRSS / 1024;
  const { kept, trustworthiness, purity } = await projectionQuality(rows, points, { labels });
  return { s: (user + system) / 1e6, kept, trustworthiness, purity: purity!, rssMB };
}

function measured(method: Method, name: string, count: number): Measured {
  const seeds = quick.includes(name) ? [1, 2, 3] : [1];
  const runs = seeds.map((seed) => {
    const node = ["--no-warnings", import.meta.filename, method, name, `${count}`, `${seed}`];
    return JSON.parse(execFileSync(process.execPath, node, { encoding: "utf8" })) as Measured;
  });
  const of = (key: keyof Measured) => median(runs.map((run) => run[key]));
  return {
    ...{ s: of("s"), kept: of("kept"), trustworthiness: of("trustworthiness") },
    ...{ purity: of("purity"), rssMB: of("rssMB") },
  };
}

function compare(count: number): void {
  const rows = (["t-SNE", "UMAP"] as const).flatMap((method) => {
    const names = ["polycall", ...Object.keys(peers[method])];
    const able = names.filter((name) => count <= 1000 || quick.includes(name));
    const all = able.map((name) => ({ name, ...measured(method, name, count) }));
    return all.map(({ name, s, kept, trustworthiness, purity, rssMB }) => [
      `${method}, ${name}`,
      s.toFixed(2),
      (s / all[0]!.s).toFixed(1),
      kept.toFixed(3),
      trustworthiness.toFixed(3),
      purity.toFixed(3),
      rssMB.toFixed(0),
    ]);
  });
  const head = ["s of CPU", "x polycall", "15 nearest kept", "trustworthiness", "purity"];
  console.log(`\n${table([`${count} x ${dimensions}`, ...head, "peak RSS, MB"], rows)}`);
}

const [first, name, count, seed] = process.argv.slice(2);
if (seed)
  console.log(JSON.stringify(await one(first as Method, name!, Number(count), Number(seed))));
else for (const size of first ? [Number(first)] : [1000, 5000]) compare(size);
