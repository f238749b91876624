/** Next: a route handler for `useChat`, which leaves the model when the reader goes away. */
import "../lib/node-version.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { simulator } from "@polycall/testing";
import { visit } from "../lib/visit.ts";

const service = await simulator();
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
const server = spawn(process.execPath, [next, "dev", "--hostname", "127.0.0.1", "--port", "0"], {
  cwd: import.meta.dirname,
  env: { ...process.env, ...service.env, NEXT_TELEMETRY_DISABLED: "1" },
  stdio: ["ignore", "pipe", "inherit"],
});

/** Where Next listens, once it does. */
function listening(): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stdout.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url && said.includes("Ready")) resolve(url);
    });
    server.once("exit", () => reject(new Error(`Next did not start:\n${said}`)));
  });
}

try {
  await visit(`${await listening()}/api/chat`, service, "ai-sdk");
} finally {
  if (server.exitCode === null && server.kill()) await once(server, "exit");
  await service.close();
}
