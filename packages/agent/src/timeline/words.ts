/** Numbers as people read them. */

/** ms as "840 ms", "2.4 s", "3 min 05 s", "9 h 12 min". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (seconds < 59.95) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds) / 60;
  const pad = (value: number) => String(value).padStart(2, "0");
  if (minutes < 60) return `${Math.floor(minutes)} min ${pad(Math.round(seconds) % 60)} s`;
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  if (hours < 48) return `${hours} h ${pad(whole % 60)} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** 1234 as "1,234". */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Dollars: cents, and three figures of what is less than a dollar. */
export function dollars(value: number): string {
  if (value === 0) return "$0";
  if (value >= 1) return `$${value.toFixed(2)}`;
  const figures = value.toPrecision(3);
  const places = Math.min(8, Math.max(2, 2 - Math.floor(Math.log10(value))));
  return `$${Number(figures)
    .toFixed(places)
    .replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** Arguments in a line: `city: "London", days: 3`; of a single text the text. */
export function inLine(value: unknown, most = 120): string {
  const text =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .map(([key, one], _, { length }) =>
            length === 1 && typeof one === "string" ? one : `${key}: ${JSON.stringify(one)}`,
          )
          .join(", ")
      : typeof value === "string"
        ? value
        : (JSON.stringify(value) ?? "");
  return shortened(text.replace(/\s+/g, " ").trim(), most);
}

export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
