/** Which lines of a text match: a regular expression runs in a thread, since a model's may never end. */
import { Worker } from "node:worker_threads";
import { sourceOf } from "./isolate.ts";
import { ToolRefusal } from "./ready.ts";

export interface LineMatch {
  /** From 1. */
  line: number;
  /** The line, or what is around the match in a long one. */
  text: string;
}

export interface LineMatcher {
  /** At most `limit` lines. */
  find(text: string, limit: number): Promise<LineMatch[]>;
  /** Ends the thread, whatever it is at. */
  close(): Promise<unknown>;
}

interface Question {
  text: string;
  limit: number;
}

const shown = 300;

export function literalLines(query: string, ignoreCase: boolean): LineMatcher {
  const wanted = ignoreCase ? query.toLowerCase() : query;
  return {
    async find(text, limit) {
      const found: LineMatch[] = [];
      let line = 0;
      for (const whole of text.split("\n")) {
        line++;
        const at = (ignoreCase ? whole.toLowerCase() : whole).indexOf(wanted);
        if (at < 0) continue;
        const start = Math.max(0, Math.min(at - 100, whole.length - shown));
        found.push({ line, text: whole.slice(start, start + shown).trimEnd() });
        if (found.length === limit) break;
      }
      return found;
    },
    close: async () => {},
  };
}

/** @throws ToolRefusal for what is no regular expression */
export function regexLines(source: string, ignoreCase: boolean): LineMatcher {
  const flags = ignoreCase ? "i" : "";
  try {
    new RegExp(source, flags);
  } catch (error) {
    throw new ToolRefusal(
      `${(error as Error).message}. Or search for the text itself, with regex: false.`,
    );
  }
  const worker = new Worker(sourceOf(matchLines), {
    eval: true,
    workerData: { source, flags, shown },
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  worker.unref();
  // One that is not waited for any more may still fail.
  worker.on("error", () => {});
  return {
    find: (text, limit) => ask(worker, { text, limit }),
    close: () => worker.terminate(),
  };
}

function ask(worker: Worker, question: Question): Promise<LineMatch[]> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new ToolRefusal(`The regular expression failed: ${error.message}`, { cause: error }));
    worker.once("message", (found: LineMatch[]) => {
      worker.off("error", fail);
      resolve(found);
    });
    worker.once("error", fail);
    worker.postMessage(question);
  });
}

/** Runs in the thread. */
function matchLines(require: NodeJS.Require): void {
  const threads: typeof import("node:worker_threads") = require("node:worker_threads");
  const { source, flags, shown } = threads.workerData as {
    source: string;
    flags: string;
    shown: number;
  };
  const pattern = new RegExp(source, flags);
  threads.parentPort!.on("message", ({ text, limit }: Question) => {
    const found: LineMatch[] = [];
    let line = 0;
    for (const whole of text.split("\n")) {
      line++;
      const match = pattern.exec(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
      if (!match) continue;
      const start = Math.max(0, Math.min(match.index - 100, whole.length - shown));
      found.push({ line, text: whole.slice(start, start + shown).trimEnd() });
      if (found.length === limit) break;
    }
    threads.parentPort!.postMessage(found);
  });
}
