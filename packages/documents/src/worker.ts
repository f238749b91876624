/** The thread that converts: it is ended when the time is up, whatever a parser in it does. */
import { parentPort } from "node:worker_threads";
import { Budget } from "./budget.ts";
import type { ConvertContext, Markdown, Media, SourceFile } from "./converter.ts";
import { asDocumentError } from "./errors.ts";
import { identify, type Unidentified } from "./identify.ts";
import { find, type Row, rows } from "./registry.ts";
import type { Job } from "./thread/job.ts";
import { type Message, Rpc } from "./thread/rpc.ts";

const port = parentPort!;
const rpc = new Rpc((message) => port.postMessage(message), {
  convert: (file: SourceFile, depth: number, job: Job) =>
    run(find(rows, { mediaType: file.mediaType })!, file, depth, job),
});
port.on("message", (message: Message) => rpc.receive(message));

const never = new AbortController().signal;

async function run(row: Row, file: SourceFile, depth: number, job: Job): Promise<Markdown> {
  try {
    const { convert } = await row.load();
    return await convert(file, context(depth, job));
  } catch (error) {
    throw asDocumentError(error, row.name);
  }
}

function context(depth: number, job: Job): ConvertContext {
  const { limits, style, spent, claims, describes } = job;
  const budget = new Budget(limits, spent);
  return {
    ...{ limits, style, depth, signal: never },
    spend: (bytes, parts) => budget.spend(bytes, parts),
    get bytesLeft() {
      return budget.bytesLeft;
    },
    convert(part: Unidentified) {
      const { mediaType, row } = identify(part, claims);
      if (!row || row.here) return rpc.call<Markdown>("convert", part, depth + 1);
      const { bytes, name } = part;
      return run(row, { bytes, mediaType, ...(name && { name }) }, depth + 1, job);
    },
    ...(describes && { describe: (media: Media) => rpc.call<string>("describe", media) }),
  };
}
