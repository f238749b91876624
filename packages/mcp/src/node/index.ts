/** What only Node has: child processes, files, its own HTTP. Reached as "#node". */
export { nodeHandler } from "./http.ts";
export { pinFile } from "./pin-file.ts";
export { serveOverStdio } from "./serve-stdio.ts";
export { stdioTransport } from "./stdio.ts";
