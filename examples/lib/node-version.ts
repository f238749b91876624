/** Imported first by every example: stops with one line on a Node that is too old for polycall. */
import { relative } from "node:path";

const [major = 0, minor = 0] = process.version.slice(1).split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  const example = relative(process.cwd(), process.argv[1] ?? "");
  console.error(
    `The examples need Node 22.18 or newer; this is ${process.version}. ` +
      `With a newer one of its own: npm run example ${example}`,
  );
  process.exit(1);
}
