/** The store in LanceDB, in process, through a connection of `@lancedb/lancedb`. */
import { lanceFacets, lanceLanguage, quoted } from "./lancedb-filter.ts";
import { type Driver, type FoundRecord, recordStore } from "./records.ts";
import type { Store } from "./store.ts";

type Row = Record<string, unknown>;

interface Rows {
  toArray(): Promise<unknown[]>;
}
interface LanceQuery extends Rows {
  where(filter: string): this;
  select(columns: string[]): this;
  limit(limit: number): this;
  offset(offset: number): this;
  nearestTo(vector: number[]): LanceVectorQuery;
}
interface LanceVectorQuery extends Rows {
  where(filter: string): this;
  select(columns: string[]): this;
  limit(limit: number): this;
  distanceType(type: "cosine"): this;
}
/** What the store asks of a table of `@lancedb/lancedb`. */
export interface LanceTable {
  add(rows: Row[]): Promise<unknown>;
  delete(filter: string): Promise<unknown>;
  query(): LanceQuery;
  countRows(): Promise<number>;
  optimize(): Promise<unknown>;
  checkoutLatest(): Promise<void>;
}
/** What the store asks of a connection: what `connect()` of `@lancedb/lancedb` gives. */
export interface LanceConnection {
  tableNames(): Promise<string[]>;
  openTable(name: string): Promise<LanceTable>;
  createTable(name: string, rows: Row[], options: { existOk: boolean }): Promise<LanceTable>;
}

export interface LanceStoreOptions {
  connection: LanceConnection;
  /** The table; two more begin with its name. */
  table: string;
}

const page = 500;
/** LanceDB tells the types of columns from a row, so that each table has one that is no chunk. */
const none = "";
const real = `source != ${quoted(none)}`;

/**
 * Keeps chunks in a table, which `open` makes where it is missing. Searches are exact; `optimize()` compacts.
 * Changes of this process come one after the other; let no second process write.
 * @throws StoreError, from each method, when LanceDB refuses
 */
export function lanceStore({ connection, table: name }: LanceStoreOptions): Store {
  let chunks: LanceTable;
  let marks: LanceTable;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
  const tableOf = async (at: string, row: Row): Promise<LanceTable> => {
    if ((await connection.tableNames()).includes(at)) return connection.openTable(at);
    return connection.createTable(at, [row], { existOk: true });
  };
  async function* pages(table: LanceTable, columns: string[]) {
    await table.checkoutLatest();
    for (let offset = 0; ; offset += page) {
      const query = table.query().where(real).select(columns).limit(page).offset(offset);
      const rows = (await query.toArray()) as Row[];
      yield* rows;
      if (rows.length < page) return;
    }
  }

  const driver: Driver<string> = {
    name: `The LanceDB table ${name}`,
    remedy: "give another table",
    language: lanceLanguage,
    batch: 1000,
    most: 1_000_000,
    async open(asked) {
      const index = await tableOf(`${name}_index`, { ...asked });
      const [known] = (await index.query().limit(1).toArray()) as Row[];
      const stored = { model: String(known!.model), dimensions: Number(known!.dimensions) };
      const vector = new Array(stored.dimensions).fill(0);
      const empty = { source: none, place: 0, page: 0.5, facets: [""], body: "", text: "", vector };
      chunks = await tableOf(name, empty);
      marks = await tableOf(`${name}_sources`, { source: none, hash: "" });
      return stored;
    },
    async *marked() {
      for await (const { source, hash } of pages(marks, ["source", "hash"])) {
        yield { source: String(source), hash: String(hash) };
      }
    },
    mark: (source, hash) => inTurn(async () => void (await marks.add([{ source, hash }]))),
    unmark: (sources) =>
      inTurn(
        async () => void (await marks.delete(`source in (${sources.map(quoted).join(", ")})`)),
      ),
    put: (records) =>
      inTurn(async () => {
        await chunks.add(
          records.map(({ chunk, body, text, vector }) => ({
            source: chunk.source,
            place: chunk.index,
            page: chunk.page ?? null,
            facets: lanceFacets(chunk.metadata),
            body,
            text,
            vector: Array.from(vector),
          })),
        );
      }),
    drop: (source) => inTurn(async () => void (await chunks.delete(`source = ${quoted(source)}`))),
    async nearest(query, { k, where, vectors }) {
      await chunks.checkoutLatest();
      const rows = await chunks
        .query()
        .nearestTo(Array.from(query))
        .distanceType("cosine")
        .where(where === undefined ? real : `${real} and ${where}`)
        .select(["body", "_distance", ...(vectors ? ["vector"] : [])])
        .limit(k)
        .toArray();
      return (rows as Row[]).map((row): FoundRecord => {
        const score = 1 - Number(row._distance);
        const vector = row.vector as Iterable<number> | undefined;
        return { body: String(row.body), score, ...(vector && { vector: Array.from(vector) }) };
      });
    },
    async ofSource(source, from, to) {
      await chunks.checkoutLatest();
      const where = `source = ${quoted(source)} and place >= ${from} and place < ${to}`;
      const rows = await chunks.query().where(where).select(["body"]).toArray();
      return (rows as Row[]).map(({ body }) => String(body));
    },
    async *bodies() {
      for await (const { body } of pages(chunks, ["body"])) yield String(body);
    },
    async count() {
      await chunks.checkoutLatest();
      return (await chunks.countRows()) - 1;
    },
    optimize: () => inTurn(async () => void (await chunks.optimize())),
  };
  return recordStore(driver);
}
