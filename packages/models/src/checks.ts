/** What data must be, checked from the outside in: the first thing wrong is told with its path. */
import { InvalidRequestError } from "@polycall/core";

export type Check = (value: unknown, path: string) => void;

/** @throws InvalidRequestError saying what stands at the path, and what must */
export const fail = (path: string, want: string, value: unknown): never => {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new InvalidRequestError(`${path} must be ${want}, not ${shown.slice(0, 60)}.`, {
    param: path,
  });
};

export const when =
  (test: (value: unknown) => boolean, want: string): Check =>
  (value, path) => {
    if (!test(value)) fail(path, want, value);
  };

export const text = when(
  (value) => typeof value === "string" && value !== "",
  "a text that is not empty",
);
export const flag = when((value) => typeof value === "boolean", "true or false");
export const oneOf = (...words: string[]): Check =>
  when((value) => words.includes(value as string), `one of ${words.join(", ")}`);

export const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return fail(path, "an array", value);
    value.forEach((one, i) => {
      check(one, `${path}[${i}]`);
    });
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `path.name`, or `path["a name"]` where that is not a plain one. */
const under = (path: string, name: string) =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;

/** An object whose values are all alike, by any name. */
export const record =
  (check: Check): Check =>
  (value, path) => {
    if (!isObject(value)) return fail(path, "an object", value);
    for (const [name, own] of Object.entries(value)) check(own, under(path, name));
  };

interface FieldsOptions {
  required?: readonly string[];
  /** Whether it may hold more, which is not looked at. */
  others?: boolean;
}

/** An object of these fields, each optional but for `required`. */
export function fields(
  checks: Record<string, Check>,
  { required = [], others = false }: FieldsOptions = {},
): Check {
  return (value, path) => {
    if (!isObject(value)) return fail(path, "an object", value);
    for (const name of required) {
      if (value[name] === undefined) fail(`${path}.${name}`, "given", undefined);
    }
    for (const [name, own] of Object.entries(value)) {
      if (Object.hasOwn(checks, name)) {
        if (own !== undefined) checks[name]!(own, `${path}.${name}`);
      } else if (!others) {
        const known = Object.keys(checks).join(", ");
        throw new InvalidRequestError(`${path} has no field "${name}"; it has ${known}.`, {
          param: `${path}.${name}`,
        });
      }
    }
  };
}
