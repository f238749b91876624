/** What of this package needs Node. Reached as "#node". */
export { fileCache } from "./file-cache.ts";
export { openFile } from "./open-file.ts";
