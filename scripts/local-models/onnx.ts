/** As much of ONNX's format as a model of one table needs, written by hand. Source: onnx.proto3 of onnx 1.12. */

const bytesOf = (text: string) => new TextEncoder().encode(text);

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...out, rest];
}

/** A number. */
const int = (field: number, value: number) =>
  Uint8Array.from([...varint(field << 3), ...varint(value)]);

/** Bytes, a text, or a message in it. */
function part(field: number, value: string | Uint8Array | readonly Uint8Array[]): Uint8Array {
  const inner =
    typeof value === "string"
      ? bytesOf(value)
      : value instanceof Uint8Array
        ? value
        : Buffer.concat(value);
  return Buffer.concat([
    Uint8Array.from([...varint((field << 3) | 2), ...varint(inner.length)]),
    inner,
  ]);
}

const float = 1;
const int64 = 7;

/** An input or output; a text is a dimension of any length. */
function value(name: string, type: number, shape: readonly (string | number)[]): Uint8Array {
  const dims = shape.map((dim) => part(1, [typeof dim === "number" ? int(1, dim) : part(2, dim)]));
  const tensor = part(1, [int(1, type), part(2, dims)]);
  return Buffer.concat([part(1, name), part(2, [tensor])]);
}

/** A constant of 32-bit floats. */
function table(name: string, rows: readonly (readonly number[])[]): Uint8Array {
  const data = Float32Array.from(rows.flat());
  const dims = [rows.length, rows[0]!.length].map((dim) => int(1, dim));
  return Buffer.concat([
    ...dims,
    int(2, float),
    part(8, name),
    part(9, new Uint8Array(data.buffer)),
  ]);
}

/**
 * A model that looks up each token's row: `last_hidden_state[b, s] = rows[input_ids[b, s]]`. What fills up
 * is looked up as well, so that pooling without the mask would show.
 */
export function lookupModel(rows: readonly (readonly number[])[]): Uint8Array {
  const width = rows[0]!.length;
  const ids = ["batch", "sequence"];
  return model([
    node("Gather", ["rows", "input_ids"], "last_hidden_state"),
    part(2, "lookup"),
    part(5, table("rows", rows)),
    part(12, value("last_hidden_state", float, [...ids, width])),
  ]);
}

const inputs = ["input_ids", "attention_mask", "token_type_ids"];

function model(parts: readonly Uint8Array[]): Uint8Array {
  const taken = inputs.map((name) => part(11, value(name, int64, ["batch", "sequence"])));
  return Buffer.concat([int(1, 8), part(7, [...parts, ...taken]), part(8, [int(2, 17)])]);
}

function node(type: string, from: readonly string[], to: string, ...more: Uint8Array[]) {
  return part(1, [...from.map((name) => part(1, name)), part(2, to), part(4, type), ...more]);
}

/**
 * A model that reads a pair: `logits[b, l] = sum over tokens of rows[id][l] * weights[type]`, without what
 * fills up.
 */
export function pairModel(
  rows: readonly (readonly number[])[],
  weights: { query: number; document: number },
): Uint8Array {
  const labels = rows[0]!.length;
  const each = (value: number) => new Array<number>(labels).fill(value);
  const second = new Uint8Array(new BigInt64Array([1n]).buffer);
  const axes = [int(1, 1), int(2, int64), part(8, "axes"), part(9, second)];
  return model([
    node("Gather", ["rows", "input_ids"], "values"),
    node("Gather", ["weights", "token_type_ids"], "weight"),
    node("Gather", ["presence", "attention_mask"], "present"),
    node("Mul", ["values", "weight"], "weighted"),
    node("Mul", ["weighted", "present"], "own"),
    node(
      "ReduceSum",
      ["own", "axes"],
      "logits",
      part(5, [part(1, "keepdims"), int(3, 0), int(20, 2)]),
    ),
    part(2, "pair"),
    part(5, table("rows", rows)),
    part(5, table("weights", [each(weights.query), each(weights.document)])),
    part(5, table("presence", [each(0), each(1)])),
    part(5, axes),
    part(12, value("logits", float, ["batch", labels])),
  ]);
}
