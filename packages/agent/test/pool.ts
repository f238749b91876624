/** A pool whose connections may break while nobody uses them, as they do when the server stops. */
import pg from "pg";

export function connectPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ max: 4, ...options });
  pool.on("error", () => {});
  return pool.on("connect", (connection) => connection.on("error", () => {}));
}
