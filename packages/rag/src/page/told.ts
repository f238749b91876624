/** Numbers as pages tell them. */

export const ms = (value: number) =>
  value >= 1000
    ? `${(value / 1000).toFixed(value >= 10_000 ? 0 : 1)} s`
    : `${Math.round(value)} ms`;

export function dollars(value: number | undefined): string {
  if (value === undefined) return "not known";
  if (value === 0) return "$0";
  return value >= 0.01 ? `$${value.toFixed(2)}` : `$${Number(value.toPrecision(2))}`;
}

/** At most three digits after the point that mean something. */
export const figure = (value: number) =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));

export const count = (value: number) => value.toLocaleString("en-US");

export const plural = (value: number, one: string) =>
  `${count(value)} ${one}${value === 1 ? "" : "s"}`;

/** No longer than `most`; no letter is cut in two. */
export function cut(text: string, most: number): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= most) return flat;
  return `${flat.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
