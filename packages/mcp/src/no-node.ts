/** Where there is no Node: says so. Reached as "#node". */
import { McpError } from "./errors.ts";
import type * as node from "./node/index.ts";

export const nodeHandler: typeof node.nodeHandler = () => {
  throw needsNode("service.node()", "Use service.fetch().");
};

export const pinFile: typeof node.pinFile = () => {
  throw needsNode("A file of pins", "Give a store instead: { get, set }.");
};

export const serveOverStdio: typeof node.serveOverStdio = () => {
  throw needsNode("Serving over standard input and output", "Use service.fetch().");
};

export const stdioTransport: typeof node.stdioTransport = () => {
  throw needsNode("A server that is started as a child", "Use one that has a url.");
};

function needsNode(what: string, instead: string): McpError {
  return new McpError(`${what} needs Node, Bun or Deno. ${instead}`);
}
