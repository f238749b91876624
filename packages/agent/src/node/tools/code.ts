/** Code that the model wrote as a tool: JavaScript in a sandbox of its own that can reach nothing. */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { InvalidRequestError } from "@polycall/core";
import type { Json } from "../../store.ts";
import { prelude } from "./code-prelude.ts";
import { type CodeJob, type CodeMessage, runInThread } from "./code-thread.ts";
import { sourceOf, within } from "./isolate.ts";
import { readyTool } from "./ready.ts";

export interface CodeToolOptions {
  /** Values that the code finds as globals, by name: copies, made for each run. */
  data?: Record<string, Json>;
  /** What is in them, for the model. */
  dataDescription?: string;
  /** ms that the code may run. Default 5,000. */
  timeout?: number;
  /** Bytes of memory, at least 20,000,000. Default 64,000,000. */
  memoryBytes?: number;
  /** Characters that it may print, and that its value may have as JSON. Default 50,000. */
  outputLength?: number;
  /** Asks a person first, always or for this code. */
  needsApproval?: boolean | ((args: { code: string }) => boolean | Promise<boolean>);
  /** Marks what it returns as data for the model, where `data` was written by others. */
  untrusted?: boolean;
}

/** What the model is told of a run. */
export interface CodeResult {
  /** What the code returned, as JSON has it; absent when that is undefined. */
  value?: Json;
  /** What it printed. */
  output?: string;
  /** Why it did not end well. */
  error?: string;
  /** What was left out. */
  truncated?: string;
}

/** Time to load the sandbox, and to say that the time is up from inside. */
const grace = 10_000;

/**
 * Runs JavaScript in QuickJS, compiled to WebAssembly, in a thread of its own: no files, no network, no `process`,
 * nothing of the program that it runs in. Each run begins anew. Needs `npm install quickjs-emscripten`.
 * @throws InvalidRequestError for a name in `data` that is no JavaScript name
 */
export function codeTool(options: CodeToolOptions = {}) {
  const { data = {}, dataDescription, timeout = 5000, memoryBytes = 64_000_000 } = options;
  const { outputLength = 50_000, needsApproval, untrusted } = options;
  if (!(memoryBytes >= 20_000_000 && memoryBytes <= 2_000_000_000))
    throw new InvalidRequestError("memoryBytes is 20,000,000 to 2,000,000,000.", {
      param: "memoryBytes",
    });
  for (const name of Object.keys(data)) {
    if (!/^[A-Za-z_$][\w$]*$/.test(name) || name === "__proto__")
      throw new InvalidRequestError(
        `data.${name} is no JavaScript name, so the code could not use it.`,
        { param: "data" },
      );
  }
  // As text, so that a run changes nothing of the next one's.
  const json = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const names = Object.keys(data);
  return readyTool({
    name: "run_javascript",
    description:
      "Runs JavaScript (ES2023) apart from everything: no files, no network, no modules. Gives the value of the " +
      "last expression, or what `return` gives; use `return` where there is an `await`. console.log prints. " +
      "Nothing is kept from one run to the next." +
      (names.length > 0 ? ` Globals: ${names.join(", ")}.` : "") +
      (dataDescription ? ` ${dataDescription}` : ""),
    properties: { code: { type: "string", description: "the program", maxLength: 200_000 } },
    required: ["code"],
    timeout: timeout + 2 * grace,
    ...(needsApproval !== undefined && { needsApproval }),
    ...(untrusted !== undefined && { untrusted }),
    execute: ({ code }, { signal }) =>
      run(
        { library: library(), prelude, code, data: json, memoryBytes, outputLength, timeout },
        signal,
      ),
  });
}

async function run(job: CodeJob, signal: AbortSignal | undefined): Promise<CodeResult> {
  signal?.throwIfAborted();
  const worker = new Worker(sourceOf(runInThread), {
    eval: true,
    workerData: job,
    env: {},
    argv: [],
    execArgv: [],
    // WebAssembly's own words at its end are nobody's output.
    stdout: true,
    stderr: true,
    resourceLimits: { stackSizeMb: 8, maxOldGenerationSizeMb: 64 },
  });
  const result: CodeResult = {};
  const output: string[] = [];
  const over = new Promise<void>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    worker.on("message", (message: CodeMessage) => {
      if ("ready" in message)
        // QuickJS ends what is too long, with better words; this ends QuickJS.
        timer = setTimeout(() => {
          result.error = `It ran longer than ${job.timeout} ms and was stopped.`;
          resolve();
        }, job.timeout + 500);
      else if ("output" in message) output.push(message.output);
      else if ("outputCut" in message)
        result.truncated = `only the first ${job.outputLength} characters that it printed are shown`;
      else {
        clearTimeout(timer);
        if ("failed" in message) result.error = message.failed;
        else if (message.done.value !== undefined) result.value = JSON.parse(message.done.value);
        resolve();
      }
    });
    worker.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  const late = () => new Error("The sandbox did not start in time.");
  try {
    await within(over, { ms: job.timeout + grace, late, signal });
  } finally {
    await worker.terminate();
  }
  if (output.length > 0) result.output = output.join("");
  return result;
}

/** Found from here, since the thread has no place of its own to look from. */
function library(): string {
  try {
    return createRequire(import.meta.url).resolve("quickjs-emscripten");
  } catch (cause) {
    throw new InvalidRequestError(
      "codeTool() runs code in quickjs-emscripten, which is not installed: npm install quickjs-emscripten",
      { cause },
    );
  }
}
