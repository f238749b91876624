/**
 * Preloaded (`node --import`) into a process that only imports things: notes each use of the network,
 * and each read of the environment by code under the folder that IMPORT_GUARD_OURS names. Prints the
 * notes as one line of JSON at the end.
 */
import child_process from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import tls from "node:tls";

const notes: string[] = [];

/** Replaces functions by ones that note the call and refuse it. */
function forbid(label: string, owner: object, names: readonly string[]): void {
  for (const name of names) {
    Reflect.set(owner, name, () => {
      notes.push(`${label}.${name}`);
      throw new Error(`${label}.${name} was called while importing`);
    });
  }
}

forbid("net", net, ["connect", "createConnection", "createServer"]);
forbid("net.Socket", net.Socket.prototype, ["connect"]);
forbid("tls", tls, ["connect", "createServer"]);
forbid("http", http, ["request", "get", "createServer"]);
forbid("https", https, ["request", "get", "createServer"]);
forbid("dgram", dgram, ["createSocket"]);
forbid("dns", dns, ["lookup", "resolve", "resolve4", "resolve6"]);
forbid("dns.promises", dns.promises, ["lookup", "resolve", "resolve4", "resolve6"]);
forbid("child_process", child_process, ["spawn", "spawnSync", "exec", "execSync", "fork"]);
forbid("globalThis", globalThis, ["fetch", "WebSocket", "EventSource"]);
syncBuiltinESMExports();

/** Notes a read of the environment when the code that reads is ours: an SDK has its own habits. */
const ours = process.env.IMPORT_GUARD_OURS ?? "";
function noteRead(what: string): void {
  const frames = new Error().stack?.split("\n").slice(3) ?? [];
  const reader = frames.find((frame) => !frame.includes("node:"));
  if (reader?.includes(ours)) notes.push(`process.env ${what} ${reader.trim()}`);
}

process.env = new Proxy(process.env, {
  get(target, name) {
    noteRead(String(name));
    return Reflect.get(target, name);
  },
  has(target, name) {
    noteRead(String(name));
    return Reflect.has(target, name);
  },
  ownKeys(target) {
    noteRead("as a whole");
    return Reflect.ownKeys(target);
  },
});

process.on("exit", () => console.log(JSON.stringify(notes)));
