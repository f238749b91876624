/** druidjs, umap-js and @keckelt/tsne, given what `projection.ts` gives. */
import { TSNE as Karpathy } from "@keckelt/tsne";
import * as druid from "@saehrimnir/druidjs";
import { UMAP } from "umap-js";

/** Their defaults, but for what makes them comparable: perplexity, neighbours, a seed. */
export const contenders = {
  "t-SNE": {
    druidjs: (rows, seed) => {
      const tsne = new druid.TSNE(rows, { perplexity: 30, d: 2, seed });
      return Array.from(tsne.transform(500), (row) => Array.from(row));
    },
    "@keckelt/tsne": (rows) => {
      const tsne = new Karpathy({ perplexity: 30, dim: 2, epsilon: 10 });
      tsne.initDataRaw(rows);
      for (let i = 0; i < 500; i++) tsne.step();
      return tsne.getSolution();
    },
  },
  UMAP: {
    "umap-js": (rows, seed) => {
      let state = seed;
      const random = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
      };
      return new UMAP({ nNeighbors: 15, minDist: 0.1, nComponents: 2, random }).fit(rows);
    },
    druidjs: (rows, seed) => {
      const umap = new druid.UMAP(rows, { n_neighbors: 15, min_dist: 0.1, d: 2, seed });
      return Array.from(umap.transform(), (row) => Array.from(row));
    },
  },
};
