/** Packages that whoever needs them installs: loaded when they are first needed. */
import { InvalidRequestError, PolycallError } from "@polycall/core";

export interface OptionalPackage {
  name: string;
  /** What of ours needs it: "tokenChunker() counts with". */
  wants: string;
  /** What is installed with it. */
  beside?: string;
  /** The option that asks for it. */
  param?: string;
}

/**
 * @throws InvalidRequestError that says how to install it; PolycallError where it is installed and cannot be
 *   loaded, with the cause
 */
export async function optional<T>(
  { name, wants, beside = "", param }: OptionalPackage,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause, name)) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PolycallError(`${wants} ${name}, which cannot be loaded: ${why}`, { cause });
    }
    const command = `npm install ${name} ${beside}`.trim();
    throw new InvalidRequestError(`${wants} ${name}, which is not installed: ${command}`, {
      ...(param && { param }),
      cause,
    });
  }
}

const codes = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"];

/** Whether it is this package that was not found, and not one that it needs itself, or a file of its own. */
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  const said = /Cannot find (?:package|module) ['"]([^'"]+)['"]/.exec(error.message)?.[1];
  if (code && codes.includes(code)) return said === name || !!said?.startsWith(`${name}/`);
  return isMissing(error.cause, name);
}

/** Whether it says that a package is to be installed, which no other document is spared either. */
export function isNotInstalled(error: unknown): boolean {
  if (!(error instanceof InvalidRequestError)) return false;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && codes.includes(code);
}
