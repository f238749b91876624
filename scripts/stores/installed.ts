/** Whether the databases are here: a fresh clone has none of them. */
import { existsSync } from "node:fs";

/** False, and told loudly, where `npm run test:stores` has never run. */
export function installed(name: string): boolean {
  const is = existsSync(new URL(`node_modules/${name}`, import.meta.url));
  if (!is) console.warn(`SKIPPED: ${name} is not installed; \`npm run test:stores\` installs it.`);
  return is;
}
