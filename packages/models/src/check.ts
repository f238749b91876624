/** Whether an entry is one: a wrong price would be a wrong bill, so it is refused with path and reason. */
import { InvalidRequestError } from "@polycall/core";

type Check = (value: unknown, path: string) => void;

const fail = (path: string, want: string, value: unknown): never => {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new InvalidRequestError(`${path} must be ${want}, not ${shown.slice(0, 60)}.`, {
    param: path,
  });
};

const when =
  (test: (value: unknown) => boolean, want: string): Check =>
  (value, path) => {
    if (!test(value)) fail(path, want, value);
  };

const text = when((value) => typeof value === "string" && value !== "", "a text that is not empty");
const flag = when((value) => typeof value === "boolean", "true or false");
const count = when(
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "a whole number of tokens above 0",
);
const rate = when(
  (value) => typeof value === "number" && value >= 0 && value <= 1e6,
  "dollars per million tokens, from 0 to 1,000,000",
);
const dayPattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const day = when(
  (value) => typeof value === "string" && dayPattern.test(value),
  "a day such as 2026-12-31",
);
const date = when(
  (value) => typeof value === "string" && /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?$/.test(value),
  "a date such as 2026, 2026-12 or 2026-12-31",
);
const oneOf = (...words: string[]): Check =>
  when((value) => words.includes(value as string), `one of ${words.join(", ")}`);

const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return fail(path, "an array", value);
    value.forEach((one, i) => {
      check(one, `${path}[${i}]`);
    });
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object of these fields, each optional but for `required`. */
function fields(checks: Record<string, Check>, required: readonly string[] = []): Check {
  return (value, path) => {
    if (!isObject(value)) return fail(path, "an object", value);
    for (const name of required) {
      if (value[name] === undefined) fail(`${path}.${name}`, "given", undefined);
    }
    for (const [name, own] of Object.entries(value)) {
      if (!Object.hasOwn(checks, name)) {
        const known = Object.keys(checks).join(", ");
        throw new InvalidRequestError(`${path} has no field "${name}"; it has ${known}.`, {
          param: `${path}.${name}`,
        });
      }
      if (own !== undefined) checks[name]!(own, `${path}.${name}`);
    }
  };
}

const rates = {
  input: rate,
  output: rate,
  cacheRead: rate,
  cacheWrite: rate,
  cacheWrite1h: rate,
  reasoning: rate,
  audioInput: rate,
  audioOutput: rate,
};

const tierList = list(fields({ above: count, ...rates }, ["above"]));
const tiers: Check = (value, path) => {
  tierList(value, path);
  (value as { above: number }[]).forEach(({ above }, i, all) => {
    const last = all[i - 1]?.above ?? 0;
    if (above <= last) fail(`${path}[${i}].above`, `more than ${last}, the tier before it`, above);
  });
};
const hour = when(
  (value) => typeof value === "number" && value >= 0 && value <= 24,
  "an hour of the day, from 0 to 24",
);
const weekday = when(
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 6,
  "a day of the week, from 0, Sunday, to 6",
);
const hourList = list(
  fields({ days: list(weekday), from: hour, to: hour, ...rates }, ["from", "to"]),
);
const hours: Check = (value, path) => {
  hourList(value, path);
  (value as { from: number; to: number }[]).forEach(({ from, to }, i) => {
    if (to <= from) fail(`${path}[${i}].to`, `more than ${from}, where it begins`, to);
  });
};
const perThousand = when(
  (value) => typeof value === "number" && value >= 0 && value <= 1e6,
  "dollars per thousand uses, from 0 to 1,000,000",
);
const uses = fields({
  webSearch: perThousand,
  webFetch: perThousand,
  fileSearch: perThousand,
  codeInterpreter: perThousand,
  perRequest: flag,
});
const services: Check = (value, path) => {
  if (!isObject(value)) return fail(path, "an object", value);
  for (const [name, own] of Object.entries(value)) fields(rates)(own, `${path}.${name}`);
};

const modality = oneOf("text", "image", "audio", "video", "pdf");

const entry = fields(
  {
    provider: when(
      (value) => typeof value === "string" && /^[^\s/]+$/.test(value),
      "the prefix of a model string, without a slash",
    ),
    id: text,
    name: text,
    family: text,
    kind: oneOf("chat", "reasoning", "hybrid", "embedding"),
    openWeights: flag,
    released: date,
    knowledge: date,
    contextWindow: count,
    outputLimit: count,
    input: list(modality),
    output: list(modality),
    tools: flag,
    structuredOutput: flag,
    price: fields({ ...rates, tiers, services, hours, uses }),
    shutdown: day,
    successor: text,
    sources: list(fields({ url: text, date: day }, ["url", "date"])),
  },
  ["provider", "id"],
);

/** @throws InvalidRequestError naming the field, as a path that begins with `path`, and the reason */
export function checkPatch(patch: unknown, path: string): void {
  entry(patch, path);
}
