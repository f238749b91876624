/** Serves over this process's standard input and output, which nothing else may write to meanwhile. */
import type { McpServerFactory } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const methods = ["log", "info", "debug"] as const;

export function serveOverStdio(factory: McpServerFactory): AsyncDisposable {
  const { log, info, debug } = console;
  // One line of a tool's own on stdout would be read as a message.
  for (const method of methods) console[method] = (...words) => console.error(...words);
  const handle = serveStdio(factory, { onerror: () => {} });
  return {
    async [Symbol.asyncDispose]() {
      Object.assign(console, { log, info, debug });
      await handle.close();
    },
  };
}
