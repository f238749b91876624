/** What runs in the thread: QuickJS in WebAssembly with the model's code in it. Stands on its own: see isolate.ts. */
import type { QuickJSHandle } from "quickjs-emscripten";

export interface CodeJob {
  /** Where quickjs-emscripten is. */
  library: string;
  prelude: string;
  code: string;
  /** JSON by the name of the global that holds it. */
  data: Record<string, string>;
  memoryBytes: number;
  /** Characters of all that is printed, and of the value. */
  outputLength: number;
  timeout: number;
}

export type CodeMessage =
  | { ready: true }
  | { output: string }
  | { outputCut: true }
  /** The value as JSON; absent for undefined. */
  | { done: { value?: string } }
  | { failed: string };

export function runInThread(require: NodeJS.Require): void {
  const threads: typeof import("node:worker_threads") = require("node:worker_threads");
  const job = threads.workerData as CodeJob;
  // Where it is was found by the program, since a thread without a file has nowhere to look from.
  const load: (path: string) => unknown = require;
  const quickjs = load(job.library) as typeof import("quickjs-emscripten");
  const say = (message: CodeMessage) => threads.parentPort!.postMessage(message);

  /** What the code has done, as the model is told. */
  class Told extends Error {}

  // QuickJS's own limit is one for each allocation here, since this build does not know how large a block is.
  // So the whole of its memory has an end.
  const pageBytes = 65_536;
  const maximum = Math.ceil(job.memoryBytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: 256, maximum });
  const isFull = () => memory.buffer.byteLength >= (maximum - 16) * pageBytes;
  const variant = quickjs.newVariant(quickjs.RELEASE_SYNC, { wasmMemory: memory });

  void quickjs.newQuickJSWASMModule(variant).then((module) => {
    const runtime = module.newRuntime();
    runtime.setMaxStackSize(256 * 1024);
    // The clock starts with the code: getting ready is not its time.
    let end = Infinity;
    const isLate = () => Date.now() > end;
    runtime.setInterruptHandler(isLate);
    const late = () => new Told(`It ran longer than ${job.timeout} ms and was stopped.`);
    const context = runtime.newContext();

    let left = job.outputLength;
    let cut = false;
    const print = context.newFunction("print", (text) => {
      const line = `${context.getString(text)}\n`;
      if (left > 0) say({ output: line.slice(0, left) });
      if (line.length > left && !cut) {
        cut = true;
        say({ outputCut: true });
      }
      left = Math.max(0, left - line.length);
    });

    /** @throws Told where the code has thrown, or a limit has passed */
    const resultOf = (result: ReturnType<typeof context.evalCode>): QuickJSHandle => {
      if (!result.error) return result.value;
      throw isLate() ? late() : new Told(describe(result.error));
    };
    const call = (of: QuickJSHandle, ...values: QuickJSHandle[]) =>
      context.callFunction(of, context.undefined, ...values);

    const made = context.unwrapResult(context.evalCode(job.prelude, "prelude.js"));
    const parts = context.unwrapResult(call(made, print, context.newNumber(job.outputLength)));
    const [toJson, describer, runTimer, give] = [0, 1, 2, 3].map((at) =>
      context.getProp(parts, at),
    );

    const outOfMemory = `It used more than ${Math.floor(job.memoryBytes / 1_000_000)} MB of memory.`;
    const tooDeep = "It called itself too deep: stack overflow.";
    const describe = (error: QuickJSHandle): string => {
      const result = call(describer!, error);
      // Where nothing is left, not even an error can be made: null is thrown then.
      const text = result.error ? "" : context.getString(result.value);
      if (/^InternalError: out of memory/.test(text)) return outOfMemory;
      if ((text === "" || text === "null") && isFull()) return outOfMemory;
      if (/^InternalError: stack overflow|^RangeError: Maximum call stack/.test(text))
        return tooDeep;
      if (text === "" && isLate()) return late().message;
      return text || "It failed, and what it threw cannot be described.";
    };

    /** As a script, whose value is that of its last expression, or as the body of an async function. */
    const evaluate = (): QuickJSHandle => {
      const script = context.evalCode(job.code, "code.js", { type: "global", compileOnly: true });
      if (!script.error) return resultOf(context.evalCode(job.code, "code.js", { type: "global" }));
      return resultOf(
        context.evalCode(`(async () => {${job.code}\n})()`, "code.js", { type: "global" }),
      );
    };

    /** Runs what is waiting until the promise is settled. */
    const settled = (handle: QuickJSHandle): QuickJSHandle => {
      for (;;) {
        const state = context.getPromiseState(handle);
        if (state.type === "fulfilled") return state.value;
        if (state.type === "rejected") throw isLate() ? late() : new Told(describe(state.error));
        work("It returned a promise that never settles: nothing is left to wait for.");
      }
    };
    /** A round of promise jobs, or the next timer. */
    const work = (idle?: string): boolean => {
      if (isLate()) throw late();
      // In rounds, since each job is short and the time is looked at in between.
      const jobs = runtime.executePendingJobs(1000);
      if (jobs.error) throw isLate() ? late() : new Told(describe(jobs.error));
      if (jobs.value > 0) return true;
      const more = context.dump(resultOf(call(runTimer!))) === true;
      if (!more && idle) throw new Told(idle);
      return more;
    };

    say({ ready: true });
    end = Date.now() + job.timeout;
    try {
      for (const [name, json] of Object.entries(job.data))
        resultOf(call(give!, context.newString(name), context.newString(json)));
      const value = settled(evaluate());
      // What was started and not waited for is finished too: its output belongs to the run.
      while (work());
      const json = resultOf(call(toJson!, value));
      const text = context.typeof(json) === "string" ? context.getString(json) : undefined;
      if (text !== undefined && depthOf(text) > 200)
        throw new Told("The value is nested more than 200 deep. Return it flatter.");
      say({ done: text === undefined ? {} : { value: text } });
    } catch (error) {
      // What is not told by the code is the sandbox giving up: its stack is the thread's.
      const given = error instanceof RangeError ? tooDeep : outOfMemory;
      say({ failed: error instanceof Told ? error.message : isLate() ? late().message : given });
    }
  });

  /** What is deep here would be too deep for whoever writes it down. */
  function depthOf(json: string): number {
    let [depth, deepest, inText] = [0, 0, false];
    for (let at = 0; at < json.length; at++) {
      const character = json[at];
      if (inText) {
        if (character === "\\") at++;
        else if (character === '"') inText = false;
      } else if (character === '"') inText = true;
      else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
      else if (character === "]" || character === "}") depth--;
    }
    return deepest;
  }
}
