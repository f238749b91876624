/** Where there is no Node: says so. Reached as "#node". */
import { PolycallError } from "@polycall/core";
import type * as node from "./node/index.ts";

export const fileCache: typeof node.fileCache = () => {
  throw new PolycallError("A cache in a file needs Node. Use memoryCache(), or one of your own.");
};

export const openFile: typeof node.openFile = async () => {
  throw new PolycallError("A path needs Node, Bun or Deno. Give the bytes instead.");
};
