/** An adapter that is a package of its own, which not everybody installs. */
import { InvalidRequestError, type Provider, type ProviderLoader } from "@polycall/core";

/**
 * @param name of the package; it exports the adapter under its last part
 * @param beside what it needs to be installed with it
 */
export function optional(name: string, beside: string): ProviderLoader {
  return async () => {
    let found: { [name: string]: Provider };
    try {
      // A name that no bundler sees: it would look for what is not there.
      found = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
    } catch (cause) {
      const code = (cause as { code?: string }).code;
      if (code && code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
      const message = `This model needs ${name}, which is not installed: npm install ${name} ${beside}`;
      throw new InvalidRequestError(message, { param: "model", cause });
    }
    return found[name.split("/").at(-1)!]!;
  };
}
