/** Whether a value has the shape that a table asks for; the error names the place. */
import { InvalidRequestError } from "./errors.ts";
import type { Kind } from "./params.ts";
import { isObject } from "./schema/json.ts";

/** A kind, a list of one shape, or an object; a key that ends in "?" may be absent or null. */
export type Shape = Kind | readonly [Shape] | { readonly [key: string]: Shape };

export const isBytes = (value: unknown) =>
  ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

const kinds: Record<Kind, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number" && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  object: isObject,
  array: Array.isArray,
  "string or array": (value) => typeof value === "string" || Array.isArray(value),
  "string or object": (value) => typeof value === "string" || isObject(value),
};

/** What is to be thrown for a value that must be something else. */
export function wrong(path: string, must: string, value: unknown): InvalidRequestError {
  const came = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  const bytes = "raw bytes; make a part of them with imagePart(), audioPart() or filePart()";
  const shown = isBytes(value) ? bytes : typeof value === "number" ? String(value) : came;
  return new InvalidRequestError(`${path} must be ${must}, not ${shown}.`, { param: path });
}

/** What is wrong with a value; its path is put together on the way out, where there is one at all. */
export interface Fault {
  path: string;
  error(path: string): InvalidRequestError;
}

export function under(fault: Fault, step: string): Fault {
  fault.path = step + fault.path;
  return fault;
}

export function mustBe(must: string, value: unknown): Fault {
  return { path: "", error: (path) => wrong(path, must, value) };
}

/** @throws InvalidRequestError naming the place */
export function checkShape(value: unknown, shape: Shape, path: string): void {
  const fault = misfit(value, shape);
  if (fault) throw fault.error(path + fault.path);
}

function misfit(value: unknown, shape: Shape): Fault | undefined {
  if (typeof shape === "string") {
    if (kinds[shape](value)) return undefined;
    return mustBe(`${/^[aio]/.test(shape) ? "an" : "a"} ${shape}`, value);
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return mustBe("an array", value);
    for (let i = 0; i < value.length; i++) {
      const fault = misfit(value[i], shape[0]);
      if (fault) return under(fault, `[${i}]`);
    }
    return undefined;
  }
  if (!isObject(value)) return mustBe("an object", value);
  for (const { name, isOptional, inner } of fieldsOf(shape)) {
    const child = value[name];
    if (isOptional && (child === undefined || child === null)) continue;
    const fault = misfit(child, inner);
    if (fault) return under(fault, `.${name}`);
  }
  return undefined;
}

interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly inner: Shape;
}

const read = new WeakMap<object, readonly Field[]>();

/** An object's shape, its keys read once: a history asks for the same one at every message. */
function fieldsOf(shape: { readonly [key: string]: Shape }): readonly Field[] {
  let fields = read.get(shape);
  if (!fields) {
    fields = Object.entries(shape).map(([key, inner]) => {
      const isOptional = key.endsWith("?");
      return { name: isOptional ? key.slice(0, -1) : key, isOptional, inner };
    });
    read.set(shape, fields);
  }
  return fields;
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

/** By the value's `type`: one that the table does not know is its provider's business. */
export function checkVariant(
  value: unknown,
  variants: { readonly [type: string]: Shape },
  path: string,
): void {
  const type = isObject(value) ? value.type : undefined;
  if (typeof type === "string" && Object.hasOwn(variants, type)) {
    checkShape(value, variants[type]!, path);
  }
}
