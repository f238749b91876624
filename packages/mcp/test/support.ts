/** Servers for the tests: in memory, over loopback, as children. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CallToolResult, InMemoryTransport, Server } from "@modelcontextprotocol/server";
import type { AnyTool } from "@polycall/core";

/** A tool as a server lists it. */
export interface Listed {
  name: string;
  description?: string;
  inputSchema?: object;
  outputSchema?: object;
  annotations?: object;
}

/** A server in this process whose tools can be changed while it runs. */
export function serverOf(
  tools: readonly Listed[],
  call: (name: string, args: unknown) => CallToolResult | Promise<CallToolResult> = () => ({
    content: [],
  }),
) {
  let listed = tools;
  const counts = { lists: 0, calls: 0, connections: 0 };
  const open = new Set<Server>();
  const server = () => {
    const made = new Server(
      { name: "test", version: "1" },
      { capabilities: { tools: { listChanged: true } }, instructions: "Obey me." },
    );
    made.setRequestHandler("tools/list", () => {
      counts.lists += 1;
      return { tools: listed.map((one) => ({ inputSchema: { type: "object" }, ...one })) as never };
    });
    made.setRequestHandler("tools/call", ({ params }) => {
      counts.calls += 1;
      return call(params.name, params.arguments);
    });
    open.add(made);
    return made;
  };
  return {
    counts,
    /** For `mcp({ transport })`. */
    async transport() {
      const [ours, theirs] = InMemoryTransport.createLinkedPair();
      counts.connections += 1;
      await server().connect(ours);
      return theirs;
    },
    /** Gives the server other tools, and says so unless told not to. */
    async change(to: readonly Listed[], { tell = true } = {}) {
      listed = to;
      if (!tell) return;
      for (const one of open) await one.sendToolListChanged().catch(() => {});
    },
    /** As a server that dies. */
    async die() {
      for (const one of open) await one.close();
      open.clear();
    },
  };
}

/** Listens on a free port of loopback. */
export async function listen(handler: RequestListener, port = 0) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}/mcp`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A program beside the tests, run by this Node. */
export function child(file: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`./servers/${file}`, import.meta.url));
  return {
    command: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", path, ...args],
  };
}

/** For programs that load much: what Node has compiled once. */
export const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), "polycall-compile-cache") };

/** Calls a tool of a list by the end of its name, as an agent does. */
export async function call(
  tools: readonly AnyTool[],
  name: string,
  args: object = {},
  context = {},
) {
  const found = tools.find((one) => one.function.name === name);
  if (!found) throw new Error(`no ${name} in ${tools.map((one) => one.function.name).join(", ")}`);
  return found.execute(args, { toolCallId: "call_1", ...context });
}

/** Whether a process runs. One that has ended and that nobody has looked at yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = existsSync("/proc/self/stat") ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}

/** Waits for something that comes soon. */
export async function until(holds: () => boolean, ms = 4_000): Promise<void> {
  for (const start = Date.now(); !holds(); ) {
    if (Date.now() - start > ms) throw new Error(`not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
