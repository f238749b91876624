/** A file of word vectors, whichever of the usual formats it has, read as it comes. */
import { VectorFileError } from "../errors.ts";
import { BinaryReader, longestWord } from "./binary.ts";
import { Matrix, type Words } from "./matrix.ts";
import { TextReader } from "./text.ts";

export interface ReadOptions {
  /** Only the first so many words; they are the most frequent. */
  limit?: number;
  format?: "text" | "binary";
}

export interface Input {
  name: string;
  /** Bytes, where it is known. */
  size?: number;
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** word2vec's first line: how many words, of how many dimensions. */
const header = /^(\d{1,12}) (\d{1,6})\s*$/;
/** Enough of a file to see its first line and what comes after. */
const headBytes = 65_536;
/** After so many words the length of a line is known well enough. */
const sample = 500;
const slack = 1.03;

/** @throws VectorFileError with the line's number */
export async function readWords(input: Input, options: ReadOptions = {}): Promise<Words> {
  const { limit = Infinity } = options;
  const matrix = new Matrix();
  let reader: TextReader | BinaryReader | undefined;
  let count = Infinity;
  let head: Uint8Array = new Uint8Array(0);
  let read = 0;
  const begin = () => {
    const found = formatOf(head, options.format);
    if (found.format === "binary" && !found.header) {
      const lacks = "its first line must say how many words it has, of how many dimensions";
      throw new VectorFileError(`${input.name}: ${lacks}.`, 1);
    }
    if (found.header) {
      [count, matrix.dimensions] = found.header;
      matrix.expected = mostOf(input, found.format, count, matrix.dimensions, limit);
    }
    reader =
      found.format === "binary"
        ? new BinaryReader(matrix, input.name)
        : new TextReader(matrix, input.name, found.header ? 1 : 0);
    feed(head.subarray(found.start));
  };
  const feed = (chunk: Uint8Array) => {
    // In pieces: the first of them tell how many words there will be.
    for (let i = 0; i < chunk.length && matrix.words.length < limit; i += headBytes) {
      reader!.read(chunk.subarray(i, i + headBytes), limit);
      read += Math.min(headBytes, chunk.length - i);
      const { length } = matrix.words;
      if (!matrix.expected && input.size && length >= sample) {
        matrix.expected = Math.min(limit, Math.ceil(((input.size * length) / read) * slack));
      }
    }
  };
  for await (const chunk of unzipped(input)) {
    if (reader) feed(chunk);
    else {
      head = joined(head, chunk);
      if (head.length >= headBytes) begin();
    }
    if (matrix.words.length >= limit) break;
  }
  if (!reader) begin();
  const ended = reader as unknown as TextReader & BinaryReader;
  ended.end(limit, count);
  if (!matrix.words.length) throw new VectorFileError(`${input.name} holds no vectors.`);
  return matrix.done();
}

/** What the file can hold at most, whatever its first line says. */
function mostOf(
  { size = Infinity }: Input,
  format: "text" | "binary",
  count: number,
  dimensions: number,
  limit: number,
): number {
  const row = format === "binary" ? dimensions * 4 + 2 : dimensions * 2 + 2;
  return Math.min(count, limit, Math.ceil(size / row));
}

interface Format {
  format: "text" | "binary";
  header?: [count: number, dimensions: number];
  /** Where the words begin. */
  start: number;
}

function formatOf(head: Uint8Array, format: ReadOptions["format"]): Format {
  const end = head.indexOf(10);
  const line = new TextDecoder().decode(head.subarray(0, Math.max(0, Math.min(end, 64))));
  const found = header.exec(line);
  if (!found || Number(found[2]) === 0) return { format: format ?? "text", start: 0 };
  const start = end + 1;
  const said: [number, number] = [Number(found[1]), Number(found[2])];
  return { format: format ?? (isText(head, start) ? "text" : "binary"), header: said, start };
}

/** Whether what comes after the first word can be read: of 32-bit floats hardly any can. */
function isText(head: Uint8Array, start: number): boolean {
  const space = head.indexOf(32, start);
  if (space < 0) return head.length - start < longestWord;
  return head.subarray(space + 1, space + 13).every((byte) => byte > 8 && byte < 127);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (!a.length) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

/** As it is, or what gzip made of it. */
async function* unzipped({ chunks, name }: Input): AsyncGenerator<Uint8Array> {
  const source = iterate(chunks);
  const first = await source.next();
  if (first.done) return;
  if (!(first.value[0] === 0x1f && first.value[1] === 0x8b)) {
    yield first.value;
    yield* source;
    return;
  }
  const zipped = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(first.value as Uint8Array<ArrayBuffer>),
    async pull(controller) {
      const { value, done } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    cancel: async () => void (await source.return(undefined)),
  });
  try {
    yield* zipped.pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof VectorFileError) throw error;
    throw new VectorFileError(`${name} cannot be unzipped: ${(error as Error).message}.`);
  }
}

async function* iterate(chunks: Input["chunks"]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
