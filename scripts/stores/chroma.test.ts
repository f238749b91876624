/** The Chroma store: on the server at CHROMA_URL, else on the one that comes with `chromadb`. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ChromaClient } from "chromadb";
import { afterAll, beforeAll, describe } from "vitest";
import { chromaStore } from "../../packages/rag/src/stores/chroma.ts";
import { storeContract } from "../../packages/rag/test/contract.ts";
import { filterContract } from "../../packages/rag/test/filter-contract.ts";
import { freePort } from "./free-port.ts";
import { installed } from "./installed.ts";

describe.skipIf(!installed("chromadb"))("Chroma", () => {
  const folder = mkdtempSync(join(tmpdir(), "chroma-"));
  let server: ChildProcess | undefined;
  let client: ChromaClient;
  beforeAll(async () => {
    const chroma = await import("chromadb");
    let url = process.env.CHROMA_URL;
    if (!url) {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const cli = join(import.meta.dirname, "node_modules/chromadb/dist/cli.mjs");
      const flags = ["run", "--path", folder, "--host", "127.0.0.1", "--port", String(port)];
      server = spawn(process.execPath, [cli, ...flags], { stdio: "ignore" });
    }
    const { hostname, port, protocol } = new URL(url);
    client = new chroma.ChromaClient({
      host: hostname,
      port: Number(port),
      ssl: protocol === "https:",
    });
    for (let tries = 0; ; tries++) {
      try {
        await client.heartbeat();
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await delay(200);
      }
    }
  }, 60_000);
  afterAll(async () => {
    if (server?.exitCode === null) {
      server.kill();
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const run = Date.now().toString(36);
  const connect = async (name: string) => chromaStore({ client, collection: `t${run}-${name}` });
  storeContract(connect, { big: 2000 });
  filterContract(connect, { numRuns: 100 });
});
