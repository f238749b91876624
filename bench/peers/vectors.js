/** usearch, sqlite-vec and LanceDB, asked what `vectors.ts` asks. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connect } from "@lancedb/lancedb";
import { getLoadablePath } from "sqlite-vec";
import usearch from "usearch";

const dimensions = 384;
const k = 10;
/** As in the store's own index. */
const settings = {
  dimensions,
  metric: "cos",
  quantization: "f32",
  connectivity: 16,
  expansion_add: 128,
  expansion_search: 128,
  multi: false,
};
const rowsOf = (vectors) =>
  Array.from({ length: vectors.length / dimensions }, (_, n) =>
    vectors.subarray(n * dimensions, (n + 1) * dimensions),
  );
const bytesOf = (vector) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

function openVec(folder) {
  const db = new DatabaseSync(join(folder, "vec.sqlite"), { allowExtension: true });
  db.loadExtension(getLoadablePath());
  return db;
}

export const contenders = {
  usearch: {
    async make(folder, vectors) {
      const index = new usearch.Index(settings);
      const keys = BigUint64Array.from({ length: vectors.length / dimensions }, (_, n) =>
        BigInt(n),
      );
      index.add(keys, vectors, 0);
      index.save(join(folder, "index.usearch"));
    },
    async open(folder) {
      const index = new usearch.Index(settings);
      index.view(join(folder, "index.usearch"));
      return (query) => Array.from(index.search(query, k, 1).keys, Number);
    },
  },
  "sqlite-vec": {
    async make(folder, vectors) {
      const db = openVec(folder);
      db.exec(
        `create virtual table v using vec0(embedding float[${dimensions}] distance_metric=cosine)`,
      );
      const insert = db.prepare("insert into v (rowid, embedding) values (?, ?)");
      db.exec("begin");
      for (const [n, vector] of rowsOf(vectors).entries()) insert.run(BigInt(n), bytesOf(vector));
      db.exec("commit");
      db.close();
    },
    async open(folder) {
      const search = openVec(folder).prepare(
        `select rowid as n from v where embedding match ? and k = ${k} order by distance`,
      );
      return (query) => search.all(bytesOf(query)).map(({ n }) => Number(n));
    },
  },
  LanceDB: {
    async make(folder, vectors) {
      const db = await connect(folder);
      const rows = rowsOf(vectors).map((vector, n) => ({ n, vector: Array.from(vector) }));
      const table = await db.createTable("v", rows.slice(0, 5000));
      for (let from = 5000; from < rows.length; from += 5000)
        await table.add(rows.slice(from, from + 5000));
      await table.optimize();
    },
    async open(folder) {
      const table = await (await connect(folder)).openTable("v");
      return async (query) => {
        const near = table.query().nearestTo(Array.from(query)).distanceType("cosine");
        return (await near.select(["n", "_distance"]).limit(k).toArray()).map(({ n }) => Number(n));
      };
    },
  },
};
