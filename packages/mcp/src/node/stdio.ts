/** An MCP server as a child process: its messages, its last words, its end. */
import type { ChildProcess } from "node:child_process";
import {
  type JSONRPCMessage,
  parseJSONRPCMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { getDefaultEnvironment } from "@modelcontextprotocol/client/stdio";
import spawn from "cross-spawn";
import type { StdioServer } from "../options.ts";
import { within } from "../within.ts";
import { adopt, signalTree, startsGroup } from "./children.ts";
import { Lines } from "./lines.ts";

/** ms that a child has to end by itself, and then again after SIGTERM. */
const grace = 700;
/** Characters of stderr that are kept. */
const kept = 2_000;

/** A transport that can say what its child did. */
export interface StdioTransport extends Transport {
  readonly pid: number | undefined;
  /** A message was longer than allowed; it was not read. */
  readonly isOverflown: boolean;
  /** How the child ended, its last words on stderr, what it wrote to stdout that is no message. */
  describe(): string;
}

/** @param maxBytes the longest message that is read */
export function stdioTransport(server: StdioServer, maxBytes: number): StdioTransport {
  const { command, args = [], env = {}, cwd } = server;
  let child: ChildProcess | undefined;
  let stderr = "";
  let ended: string | undefined;
  let stray: string | undefined;
  let tooLong = false;
  let pending: string[] = [];
  let isDelivering = false;

  const transport: StdioTransport = {
    get pid() {
      return child?.pid;
    },
    get isOverflown() {
      return tooLong;
    },
    start,
    send,
    close,
    describe() {
      const words = tail(hideValues(stderr, env));
      return [
        tooLong && `It sent a message of more than ${maxBytes} bytes (maxMessageBytes).`,
        ended,
        words && `Its stderr ends: ${words}`,
        stray !== undefined &&
          `It writes to stdout what is no MCP message: ${JSON.stringify(hideValues(stray, env))}`,
      ]
        .filter(Boolean)
        .join(" ");
    },
  };
  return transport;

  async function start(): Promise<void> {
    const started = spawn(command, [...args], {
      env: { ...getDefaultEnvironment(), ...env } as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "pipe"],
      detached: startsGroup,
      windowsHide: true,
      cwd,
    });
    child = started;
    adopt(started);
    const lines = new Lines(maxBytes);
    started.stdout!.on("data", (chunk: Buffer) => {
      if (tooLong) return;
      const read = lines.read(chunk);
      pending.push(...read.lines);
      void deliver();
      if (!read.tooLong) return;
      tooLong = true;
      transport.onerror?.(new Error(transport.describe()));
      void close();
    });
    started.stderr!.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-kept);
    });
    for (const stream of [started.stdin!, started.stdout!, started.stderr!]) {
      stream.on("error", (error) => transport.onerror?.(error));
    }
    started.once("exit", (code, signal) => {
      ended ??= signal ? `It was ended by ${signal}.` : `It ended with code ${code}.`;
      // What it started may hold its pipes open, so that "close" may never come.
      setTimeout(finish, 100).unref();
    });
    started.once("close", finish);
    await new Promise<void>((resolve, reject) => {
      started.once("spawn", resolve);
      started.once("error", (error) => {
        ended ??= `It could not be started: ${error.message}.`;
        reject(error);
        finish();
      });
    });
  }

  function finish(): void {
    if (!child) return;
    for (const line of pending) receive(line);
    pending = [];
    signalTree(child, "SIGKILL");
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    child = undefined;
    transport.onclose?.();
  }

  /**
   * Message by message. The SDK handles notifications a moment later than replies, so that progress which
   * comes in one piece with the result would be dropped.
   */
  async function deliver(): Promise<void> {
    if (isDelivering) return;
    isDelivering = true;
    while (pending.length > 0) {
      receive(pending.shift()!);
      if (pending.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    isDelivering = false;
  }

  function receive(line: string): void {
    if (line.trim() === "") return;
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(JSON.parse(line));
    } catch {
      stray ??= line.slice(0, 100);
      return;
    }
    transport.onmessage?.(message);
  }

  function send(message: JSONRPCMessage): Promise<void> {
    const input = child?.stdin;
    if (!input?.writable) return Promise.reject(new Error("The server has ended."));
    return new Promise((resolve, reject) => {
      input.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  async function close(): Promise<void> {
    const leaving = child;
    if (!leaving) return;
    const gone = new Promise<void>((resolve) => {
      if (leaving.exitCode !== null || leaving.signalCode !== null) resolve();
      else leaving.once("exit", () => resolve());
    });
    leaving.stdin?.end();
    if (!tooLong && (await within(gone, grace))) return finish();
    signalTree(leaving, "SIGTERM");
    if (!(await within(gone, grace))) signalTree(leaving, "SIGKILL");
    await within(gone, grace);
    finish();
  }
}

/** What was given to the child in confidence, and that it may have printed. */
function hideValues(text: string, env: Readonly<Record<string, string>>): string {
  let clean = text;
  for (const [name, value] of Object.entries(env)) {
    if (value.length > 5) clean = clean.replaceAll(value, `[${name}]`);
  }
  return clean;
}

function tail(text: string): string {
  const words = text.trim();
  return words.length > 500 ? `…${words.slice(-500)}` : words;
}
