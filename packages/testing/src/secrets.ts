/** Finds the keys in an exchange and takes them out of whatever is written down. */
import type { Json } from "./json.ts";

/** What stands where a secret stood. */
export const REDACTED = "REDACTED";

/** Shorter values are words more often than keys. */
const MIN_LENGTH = 8;

/** Whose account it is: OpenAI's, Anthropic's, Google's and Azure's names of it. */
const ACCOUNT = "(^|-)(organization|project|account|tenant)(-id)?$|^cf-";
const SECRET_HEADER = new RegExp(
  `${ACCOUNT}|(^|-)(key|token|secret|auth\\w*|cookie|session|password|credential)s?(-|$)`,
  "i",
);
const SECRET_RESPONSE_HEADER = new RegExp(`${ACCOUNT}|^(set-cookie|www-authenticate)$`, "i");

const PARAMETER =
  "key|api[-_]?key|token|(?:access|refresh)[-_]?token|client[-_]?secret|password|sig|signature|x-amz-(?:credential|signature|security-token)|x-goog-(?:credential|signature)";
const SECRET_PARAMETER = new RegExp(`^(?:${PARAMETER})$`, "i");

/**
 * A field of JSON whose name says that its value is secret; also inside a text that is JSON itself.
 * A bare "key" or "token" is more often something else: a page, a piece of a text.
 */
const SECRET_FIELD =
  /(\\*)"((?:[\w-]*[-_])?(?:api[-_]?key|secret[-_]?key|private[-_]?key|(?:access|refresh|id|auth|authorization|bearer|session|security)[-_]?token|(?:client[-_]?)?secret|password|authorization|cookie))\1"(\s*:\s*)\1"((?:\\.|[^"\\])+?)\1"/gi;

/** Secrets in running text: the parameters of addresses and forms, passwords, what keys look like. */
const IN_TEXT: readonly RegExp[] = [
  new RegExp(`(?<=[?&"](?:${PARAMETER})=)[^&#\\s"'\\\\]+`, "gi"),
  /(?<=\bhttps?:\/\/[^\s/@:"]*:)[^\s/@"]+(?=@)/gi,
  /\bsk-(?=[\w-]*\d)[\w-]{16,}/g,
  /\borg-[A-Za-z0-9]{16,}/g,
];

/** True for a header that must not be written down. @param response which side it is on */
export function isSecretHeader(name: string, response = false): boolean {
  return (response ? SECRET_RESPONSE_HEADER : SECRET_HEADER).test(name);
}

const isLong = (value: string) => value.length >= MIN_LENGTH;

/** The secret values in headers. @param response which side they are on */
export function secretsInHeaders(headers: Headers, response = false): string[] {
  const found: string[] = [];
  for (const [name, value] of headers) {
    if (!isSecretHeader(name, response) || name === "www-authenticate") continue;
    const [scheme = "", rest] = value.split(/\s+(.*)/s);
    found.push(value, ...(response ? [] : [rest ?? scheme]));
    if (/^basic$/i.test(scheme) && rest) {
      found.push(...Buffer.from(rest, "base64").toString("utf8").split(":"));
    }
    for (const cookie of /cookie/i.test(name) ? value.split(/;\s*/) : []) {
      if (cookie.includes("=")) found.push(cookie.slice(cookie.indexOf("=") + 1));
    }
  }
  return found.filter(isLong);
}

/** The secret values in a body. */
export function secretsInText(text: string): string[] {
  const fields = [...text.matchAll(SECRET_FIELD)].map((match) => match[4]!);
  const bare = fields.map((value) => value.replace(/^(?:bearer|basic) +/i, ""));
  return [...fields, ...bare].filter(isLong);
}

/** The secret values of a request: in headers, address and body. */
export function secretsOf(headers: Headers, url: string, body: string): string[] {
  const found: string[] = [];
  for (const [name, value] of new URL(url).searchParams) {
    if (SECRET_PARAMETER.test(name)) found.push(value);
  }
  return [...secretsInHeaders(headers), ...found.filter(isLong), ...secretsInText(body)];
}

/** Every spelling in which a secret may stand: as it is, in a URL, in JSON. */
function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** A text with every secret replaced: the known ones, and those that their place or look gives away. */
export function redactText(text: string, secrets: Iterable<string>): string {
  const all = [...new Set([...secrets].flatMap(spellings))].sort((a, b) => b.length - a.length);
  const known = all.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
  const named = known.replace(
    SECRET_FIELD,
    (_, slash: string, name: string, colon: string) =>
      `${slash}"${name}${slash}"${colon}${slash}"${REDACTED}${slash}"`,
  );
  return IN_TEXT.reduce((clean, pattern) => clean.replace(pattern, REDACTED), named);
}

/** Bytes with every secret replaced. */
export function redactBytes(bytes: Uint8Array, secrets: Iterable<string>): Uint8Array {
  const binary = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  const clean = redactText(Buffer.from(bytes).toString("latin1"), [...secrets].map(binary));
  return Buffer.from(clean, "latin1");
}

/** An address with the values of secret parameters replaced. */
export function redactUrl(url: string, secrets: Iterable<string>): string {
  const clean = new URL(url);
  clean.username = "";
  clean.password = "";
  for (const name of [...clean.searchParams.keys()]) {
    if (SECRET_PARAMETER.test(name)) clean.searchParams.set(name, REDACTED);
  }
  return redactText(clean.href, secrets);
}

/** A JSON value with every secret replaced, also in its keys. */
export function redactJson(value: Json, secrets: Iterable<string>): Json {
  return JSON.parse(redactText(JSON.stringify(value), secrets)) as Json;
}
