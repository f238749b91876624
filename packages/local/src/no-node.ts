/** Where there is no Node there are no files. Reached as "#node". */
import type * as node from "./node/index.ts";

export const readFirst: typeof node.readFirst = async () => undefined;
export const keep: typeof node.keep = async () => {};
export const folderOf: typeof node.folderOf = async () => undefined;
export const join = (...parts: string[]) => parts.join("/");
