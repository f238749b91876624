/** A Chroma server and a client of it, where there are such: the package `chromadb` is 400 MB, and not brought along. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { ChromaClient } from "@polycall/rag/chroma";

export interface Chroma {
  client: ChromaClient;
  /** Where it is. */
  url: string;
  close(): Promise<void>;
}

interface Package {
  ChromaClient: new (options: {
    host: string;
    port: number;
    ssl: boolean;
  }) => ChromaClient & {
    heartbeat(): Promise<number>;
  };
}

/** Here, or where the tests of the stores have it (`npm run test:stores`). */
const homes = [import.meta.url, new URL("../../scripts/stores/package.json", import.meta.url)];

/** @returns undefined where `chromadb` is not installed */
export async function chroma(): Promise<Chroma | undefined> {
  const found = homes.map(entryFrom).find((path) => path !== undefined);
  if (!found) return undefined;
  const { ChromaClient } = (await import(pathToFileURL(found).href)) as Package;
  const { CHROMA_URL } = process.env;
  const { url, stop } = CHROMA_URL ? { url: CHROMA_URL, stop: async () => {} } : await start(found);
  const { hostname, port, protocol } = new URL(url);
  const ssl = protocol === "https:";
  const client = new ChromaClient({ host: hostname, port: Number(port || (ssl ? 443 : 80)), ssl });
  try {
    await patiently(() => client.heartbeat());
  } catch (cause) {
    await stop();
    throw new Error(`No Chroma answers at ${url}.`, { cause });
  }
  return { client, url, close: stop };
}

function entryFrom(home: string | URL): string | undefined {
  try {
    return createRequire(home).resolve("chromadb");
  } catch {
    return undefined;
  }
}

/** The server that the package brings, in a folder of its own. */
async function start(entry: string) {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "chroma-"));
  const cli = join(dirname(entry), "../cli.mjs");
  const flags = ["run", "--path", folder, "--host", "127.0.0.1", "--port", String(port)];
  const server = spawn(process.execPath, [cli, ...flags], { stdio: "ignore" });
  const stop = async () => {
    const ended = once(server, "exit");
    if (server.exitCode === null && server.kill()) await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 100) throw error;
      await delay(200);
    }
  }
}
