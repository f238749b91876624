/** Takes secrets out of whatever may be printed or thrown. */
import type { Connection } from "./provider.ts";

const hidden = "[redacted]";
const secretName = /auth|key|token|secret|cookie|credential|password/i;

/** Every secret value that a connection holds. */
export function secretsOf(connection: Connection): string[] {
  const named = [...Object.entries(connection.headers), ...Object.entries(connection.settings)];
  const values = named.filter(([name]) => secretName.test(name)).map(([, value]) => value);
  if (connection.apiKey) values.push(connection.apiKey);
  const bare = values.map((value) => value.replace(/^(Bearer|Basic) /i, ""));
  return bare.filter((value) => value.length > 3).sort((a, b) => b.length - a.length);
}

/** `text` without any of `secrets`, plain or URL-encoded. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    clean = clean.replaceAll(secret, hidden);
    const encoded = encodeURIComponent(secret);
    if (encoded !== secret) clean = clean.replaceAll(encoded, hidden);
  }
  return clean;
}

/** Headers with the values of secret ones hidden. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretName.test(name) ? hidden : value]),
  );
}
