/** Whether an entry is one: a wrong price would be a wrong bill, so it is refused with path and reason. */
import { type Check, fail, fields, flag, list, oneOf, record, text, when } from "./checks.ts";

const whole = when(
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "a whole number above 0",
);
const positive = when(
  (value) => typeof value === "number" && value > 0 && value <= 1e6,
  "billions, above 0",
);
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

const tierList = list(fields({ above: count, ...rates }, { required: ["above"] }));
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
  fields({ days: list(weekday), from: hour, to: hour, ...rates }, { required: ["from", "to"] }),
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
  searchUnit: perThousand,
  perRequest: flag,
});
const services = record(fields(rates));

const rateLimit = fields(
  {
    tier: text,
    requestsPerMinute: whole,
    requestsPerDay: whole,
    tokensPerMinute: whole,
    tokensPerDay: whole,
    inputTokensPerMinute: whole,
    outputTokensPerMinute: whole,
  },
  { required: ["tier"] },
);

const modality = oneOf("text", "image", "audio", "video", "pdf");

const source = fields({ url: text, date: day }, { required: ["url", "date"] });

const entryFields = {
  provider: when(
    (value) => typeof value === "string" && /^[^\s/]+$/.test(value),
    "the prefix of a model string, without a slash",
  ),
  id: text,
  name: text,
  family: text,
  kind: oneOf("chat", "reasoning", "hybrid", "embedding"),
  openWeights: flag,
  license: text,
  parameters: fields(
    { total: positive, active: positive, from: oneOf("maker", "name") },
    { required: ["from"] },
  ),
  released: date,
  knowledge: date,
  contextWindow: count,
  outputLimit: count,
  input: list(modality),
  output: list(modality),
  tools: flag,
  structuredOutput: flag,
  price: fields({ ...rates, tiers, services, hours, uses }),
  rateLimits: list(rateLimit),
  shutdown: day,
  successor: text,
  sources: list(source),
};

const entry = fields(entryFields, { required: ["provider", "id"] });
/** As a catalogue's file holds it, below its provider. */
const { provider: _provider, sources: _sources, ...lineFields } = entryFields;
const line = fields(lineFields, { required: ["id"] });

/** @throws InvalidRequestError naming the field, as a path that begins with `path`, and the reason */
export function checkPatch(patch: unknown, path: string): void {
  entry(patch, path);
}

/** The same for an entry without its provider and sources. */
export function checkLine(value: unknown, path: string): void {
  line(value, path);
}

/** Where a fact is from. */
export function checkSource(value: unknown, path: string): void {
  source(value, path);
}
