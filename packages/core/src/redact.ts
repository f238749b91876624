/** Takes secrets out of whatever may be printed or thrown. */
import type { Connection } from "./provider.ts";

const hidden = "[redacted]";
/** Causes of causes beyond this are left out; they may go in a circle. */
const deepestCause = 8;
const secretName = /auth|key|token|secret|cookie|credential|password/i;

export const hasSecretName = (name: string) => secretName.test(name);

const known = new WeakMap<Connection, readonly string[]>();

/** Every secret value that a connection holds. */
export function secretsOf(connection: Connection): readonly string[] {
  let secrets = known.get(connection);
  if (!secrets) {
    secrets = findSecrets(connection);
    known.set(connection, secrets);
  }
  return secrets;
}

function findSecrets(connection: Connection): string[] {
  const named = [...Object.entries(connection.headers), ...Object.entries(connection.settings)];
  const values = named.filter(([name]) => secretName.test(name)).map(([, value]) => value);
  if (connection.apiKey) values.push(connection.apiKey);
  // "Bearer KEY", "Basic KEY", "Key KEY".
  const bare = values.map((value) => value.trim().replace(/^[\w-]+ +/, ""));
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

/**
 * An error's cause as it may be shown: itself when it holds nothing but texts without a secret, else
 * a copy of what it says. A user's `fetch` may hang the whole request on its error.
 */
export function redactCause(cause: unknown, secrets: readonly string[], depth = 0): unknown {
  if (depth > deepestCause) return undefined;
  if (typeof cause === "string") return redact(cause, secrets);
  if (!(cause instanceof Error)) return isBare(cause) ? cause : undefined;
  const inner = redactCause(cause.cause, secrets, depth + 1);
  const isShown = Reflect.ownKeys(cause).every((key) => {
    const value: unknown = Reflect.get(cause, key);
    if (key === "cause") return inner === value;
    if (Array.isArray(value))
      return value.every((one) => redactCause(one, secrets, depth + 1) === one);
    return typeof value === "string" ? redact(value, secrets) === value : isBare(value);
  });
  if (isShown) return cause;
  const copy = new Error(
    redact(cause.message, secrets),
    inner === undefined ? {} : { cause: inner },
  );
  const { code } = cause as { code?: unknown };
  const stack = redact(cause.stack ?? "", secrets);
  const shown = {
    name: redact(cause.name, secrets),
    stack,
    ...(typeof code === "string" && { code: redact(code, secrets) }),
  };
  for (const [key, value] of Object.entries(shown)) {
    Object.defineProperty(copy, key, { value, configurable: true, writable: true });
  }
  return copy;
}

/** A number, a flag, nothing: what holds no secret. */
function isBare(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "string");
}

/** Headers with the values of secret ones hidden, and any of `secrets` in the others. */
export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretName.test(name) ? hidden : redact(value, secrets),
    ]),
  );
}
