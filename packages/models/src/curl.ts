/** A request as a line for a POSIX shell. Pure. */
import type { SentRequest } from "@polycall/core";

/** Bytes that one argument of a program may have, with room to spare: Linux has 128 KiB. */
const longestArgument = 100_000;
const end = "POLYCALL_BODY";

/** @returns text to paste: keys are variables of the shell, all else is quoted */
export function curlOf({ url, headers, body, stream }: SentRequest): string {
  const lines = [`curl ${stream ? "-N " : ""}${/[[\]{}]/.test(url) ? "-g " : ""}${quoted(url)}`];
  for (const { name, value, secret } of headers) {
    lines.push(
      secret
        ? `-H "${escaped(`${name}: ${value}`)}${secret}"`
        : // Without a value curl would leave the header out.
          `-H ${quoted(value ? `${name}: ${value}` : `${name};`)}`,
    );
  }
  const isLong = new TextEncoder().encode(body).length > longestArgument;
  lines.push(
    isLong ? `--data-binary @- <<'${end}'\n${body}\n${end}` : `--data-raw ${quoted(body)}`,
  );
  return lines.join(" \\\n  ");
}

/** Nothing has a meaning between single quotes but the quote that ends them. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Between double quotes. */
const escaped = (text: string) => text.replace(/[\\"$`]/g, "\\$&");
