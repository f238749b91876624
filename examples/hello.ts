/** The set-up works: an example runs from the sources, with nothing built. */
import "./lib/node-version.ts";

console.log(`polycall runs on Node ${process.version}`);
