/** Finds the keys in an exchange and takes them out of whatever is written down. */
import type { Json } from "./json.ts";

/** What stands where a secret stood. */
export const REDACTED = "REDACTED";

/** Shorter values are words more often than keys. */
const MIN_LENGTH = 8;

const SECRET_HEADER =
  /^(openai-(organization|project)|cf-.*)$|(^|-)(key|token|secret|auth\w*|cookie|session|password|credential)s?(-|$)/i;
const SECRET_RESPONSE_HEADER =
  /^(set-cookie|openai-(organization|project)|www-authenticate|cf-.*)$/i;
const SECRET_PARAMETER =
  /^(key|api[-_]?key|token|access[-_]?token|sig|signature|x-amz-(credential|signature|security-token)|x-goog-(credential|signature))$/i;
const SECRET_FIELD =
  /"(api[-_]?key|access_?token|refresh_?token|id_?token|client_?secret|password|secret|authorization|private_?key)"\s*:\s*"((?:[^"\\]|\\.)+)"/gi;

/** True for a header that must not be written down. @param response which side it is on */
export function isSecretHeader(name: string, response = false): boolean {
  return (response ? SECRET_RESPONSE_HEADER : SECRET_HEADER).test(name);
}

/** The secret values of a request: in headers, address and body; also of a response's body. */
export function secretsOf(headers: Headers, url: string, ...bodies: string[]): string[] {
  const found: string[] = [];
  for (const [name, value] of headers) {
    if (!isSecretHeader(name)) continue;
    const [scheme = "", rest] = value.split(/\s+(.*)/s);
    found.push(value, rest ?? scheme);
    if (/^basic$/i.test(scheme) && rest) {
      found.push(...Buffer.from(rest, "base64").toString("utf8").split(":"));
    }
    for (const cookie of /cookie/i.test(name) ? value.split(/;\s*/) : []) {
      found.push(cookie.slice(cookie.indexOf("=") + 1));
    }
  }
  for (const [name, value] of new URL(url).searchParams) {
    if (SECRET_PARAMETER.test(name)) found.push(value);
  }
  for (const body of bodies) {
    for (const match of body.matchAll(SECRET_FIELD)) found.push(match[2]!);
  }
  return found.filter((value) => value.length >= MIN_LENGTH);
}

/** Every spelling in which a secret may stand: as it is, in a URL, in JSON. */
function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** A text with every secret replaced. */
export function redactText(text: string, secrets: Iterable<string>): string {
  const all = [...new Set([...secrets].flatMap(spellings))].sort((a, b) => b.length - a.length);
  return all.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
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
  const text = JSON.stringify(value).replace(SECRET_FIELD, (field, _name, secret: string) =>
    field.replace(`"${secret}"`, `"${REDACTED}"`),
  );
  return JSON.parse(redactText(text, secrets)) as Json;
}
