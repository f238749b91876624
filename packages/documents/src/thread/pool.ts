/** Threads that convert, one conversion at a time each; one that is free is kept for the next for a while. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { DocumentError } from "../errors.ts";
import { type Message, type Methods, Rpc } from "./rpc.ts";

const maxIdle = 4;
const idleMs = 5000;
/** What libraries keep for themselves goes with the thread. */
const maxUses = 200;

export interface Thread {
  rpc: Rpc;
  /** Gives it back. */
  release(): void;
  /** Ends it, in the middle of whatever it does. */
  end(): void;
}

interface Member {
  worker: Worker;
  memory: number;
  uses: number;
  rpc?: Rpc | undefined;
  timer?: NodeJS.Timeout | undefined;
}

const idle: Member[] = [];

/**
 * A thread for one conversion.
 * @param methods what it may call here
 */
export function takeThread(maxMemoryBytes: number, methods: Methods): Thread {
  const memory = Math.ceil(maxMemoryBytes / 1e6);
  const at = idle.findIndex((member) => member.memory === memory);
  const member = at < 0 ? start(memory) : idle.splice(at, 1)[0]!;
  const { worker } = member;
  clearTimeout(member.timer);
  member.uses++;
  worker.ref();
  const rpc = new Rpc((message) => worker.postMessage(message), methods);
  member.rpc = rpc;
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    member.rpc = undefined;
    void worker.terminate();
  };
  return {
    rpc,
    end,
    release() {
      if (over) return;
      if (idle.length >= maxIdle || member.uses >= maxUses) return end();
      over = true;
      member.rpc = undefined;
      idle.push(member);
      worker.unref();
      member.timer = setTimeout(() => {
        forget(member);
        void worker.terminate();
      }, idleMs).unref();
    },
  };
}

function start(memory: number): Member {
  const worker = new Worker(program(), {
    // Keys are none of its business.
    env: {},
    argv: [],
    execArgv: [],
    // What libraries print about a file is not the user's output.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memory },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const member: Member = { worker, memory, uses: 0 };
  worker.on("message", (message: Message) => member.rpc?.receive(message));
  worker.on("error", (error) => {
    forget(member);
    member.rpc?.fail(failure(error, memory));
  });
  worker.on("exit", () => {
    forget(member);
    member.rpc?.fail(new Error("The thread that converts ended."));
  });
  return member;
}

function forget(member: Member): void {
  const at = idle.indexOf(member);
  if (at >= 0) idle.splice(at, 1);
  clearTimeout(member.timer);
}

function failure(error: unknown, memory: number): unknown {
  if ((error as { code?: string }).code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  return new DocumentError(
    `The conversion takes more than ${memory} MB of memory (limits.maxMemoryBytes).`,
    { code: "too_large", cause: error },
  );
}

/** Beside this file in what is published, a folder above in the sources. */
function program(): URL {
  const end = /\.[cm]?[jt]s$/.exec(import.meta.url)?.[0] ?? ".js";
  for (const path of [`./worker${end}`, `../worker${end}`]) {
    const url = new URL(path, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new DocumentError(
    "The thread's program is not beside the package: tell your bundler to leave @polycall/documents as it is (external).",
    { code: "missing_converter" },
  );
}
