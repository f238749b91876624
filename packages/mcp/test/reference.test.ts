/** The reference servers from npm, as a client: over stdio, and one over streamable HTTP. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AnyTool, UserPart } from "@polycall/core";
import { type McpServer, McpToolError, mcp } from "@polycall/mcp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, compiled, isAlive, until } from "./support.ts";

const require = createRequire(import.meta.url);
const program = (name: string) =>
  join(dirname(require.resolve(`@modelcontextprotocol/${name}/package.json`)), "dist", "index.js");
const started = (name: string, ...args: string[]) => ({
  command: process.execPath,
  args: [program(name), ...args],
  env: compiled,
});

let folder: string;
const warnings: string[] = [];
let servers: McpServer[];
let pids: number[];
let everything: McpServer;
let files: McpServer;
let memory: McpServer;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "polycall-mcp-")));
  servers = await Promise.all([
    mcp({
      name: "all",
      ...started("server-everything", "stdio"),
      resourceTools: true,
      onWarning: (warning) => warnings.push(warning),
    }),
    mcp({ name: "files", ...started("server-filesystem", folder), approval: "destructive" }),
    mcp({
      name: "memory",
      ...started("server-memory"),
      env: { MEMORY_FILE_PATH: join(folder, "memory.json"), ...compiled },
    }),
  ]);
  [everything, files, memory] = servers as [McpServer, McpServer, McpServer];
  pids = servers.map((one) => one.pid!);
});
afterAll(async () => {
  await Promise.all((servers ?? []).map((one) => one.close()));
  await until(() => !pids.some(isAlive));
  await rm(folder, { recursive: true });
});

/** What the everything server must do, however it is reached. */
async function uses(server: McpServer): Promise<void> {
  const tools = await server.tools();
  expect(await call(tools, "all__echo", { message: "hi" })).toBe("Echo: hi");
  expect(await call(tools, "all__get-sum", { a: 2, b: 3 })).toBe("The sum of 2 and 3 is 5.");
  const image = (await call(tools, "all__get-tiny-image")) as UserPart[];
  expect(image.map((part) => part.type)).toEqual(["text", "image_url", "text"]);
  const [, picture] = image;
  const url = picture?.type === "image_url" ? picture.image_url.url : "";
  expect(url).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);

  const told: unknown[] = [];
  const long = { duration: 0.2, steps: 2 };
  const progress = (value: unknown) => told.push(value);
  const text = await call(tools, "all__trigger-long-running-operation", long, { progress });
  expect(text).toBe("Long running operation completed. Duration: 0.2 seconds, Steps: 2.");
  expect(told[0]).toMatchObject({ progress: 1, total: 2 });

  const failure = call(tools, "all__echo", {});
  await expect(failure).rejects.toThrow(McpToolError);
  await expect(failure).rejects.toThrow(/Invalid arguments for tool echo/);
}

describe("everything", () => {
  test("its tools", () => uses(everything));

  test("a tool that can only be called as a task is left out", async () => {
    const names = (await everything.tools()).map((one) => one.function.name);
    expect(names).not.toContain("all__simulate-research-query");
    expect(warnings).toEqual([
      'MCP server "all" offers the tool "simulate-research-query" as a task only; it is left out.',
    ]);
  });

  test("structured content is JSON, what stands beside it as text is not doubled", async () => {
    const tools = await everything.tools();
    const weather = await call(tools, "all__get-structured-content", { location: "New York" });
    expect(weather).toEqual({ temperature: 33, conditions: "Cloudy", humidity: 82 });
  });

  test("its resources, also as tools", async () => {
    const resources = await everything.resources();
    const architecture = resources.find(({ name }) => name === "architecture.md")!;
    const [part] = await everything.readResource(architecture.uri);
    const words = part?.type === "text" ? part.text : "";
    expect(words).toMatch(/^# Everything Server – Architecture/);
    expect((await everything.resourceTemplates()).map((one) => one.uriTemplate)).toContain(
      "demo://resource/dynamic/text/{resourceId}",
    );
    const tools = await everything.tools();
    const list = (await call(tools, "all__list_resources")) as { resources: { uri: string }[] };
    expect(list.resources.map(({ uri }) => uri)).toContain(architecture.uri);
    expect(await call(tools, "all__read_resource", { uri: architecture.uri })).toBe(words);
    const missing = call(tools, "all__read_resource", { uri: "demo://none" });
    await expect(missing).rejects.toThrow(/^MCP server "all" .* refuses: .*demo:\/\/none/);
  });

  test("its prompts", async () => {
    const names = (await everything.prompts()).map(({ name }) => name);
    expect(names).toContain("args-prompt");
    expect(await everything.getPrompt("args-prompt", { city: "Bern" })).toEqual([
      { role: "user", content: "What's weather in Bern?" },
    ]);
    const prompt = await everything.getPrompt("resource-prompt", {
      resourceType: "Text",
      resourceId: "1",
    });
    expect(prompt.map(({ role }) => role)).toEqual(["user", "user"]);
    expect(JSON.stringify(prompt)).toContain("demo://resource/dynamic/text/1");
  });

  test("over streamable HTTP", async () => {
    const port = 20_000 + (process.pid % 20_000);
    const child = spawn(process.execPath, [program("server-everything"), "streamableHttp"], {
      env: { ...process.env, PORT: String(port), ...compiled },
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      let words = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        words += chunk;
      });
      await until(() => words.includes("listening on port"), 15_000);
      await using server = await mcp({ name: "all", url: `http://127.0.0.1:${port}/mcp` });
      await uses(server);
    } finally {
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    }
  });
});

test("filesystem: writes, reads, lists, refuses what is outside, and says which tools ask", async () => {
  const tools = await files.tools();
  const path = join(folder, "note.txt");
  await call(tools, "files__write_file", { path, content: "Grüezi" });
  expect(await readFile(path, "utf8")).toBe("Grüezi");
  expect(await call(tools, "files__read_text_file", { path })).toBe("Grüezi");
  const png = "iVBORw0KGgo=";
  await writeFile(join(folder, "a.png"), Buffer.from(png, "base64"));
  expect(await call(tools, "files__read_media_file", { path: join(folder, "a.png") })).toEqual([
    { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
  ]);
  const outside = call(tools, "files__read_text_file", { path: "/etc/hostname" });
  await expect(outside).rejects.toThrow(/Access denied/);
  const asks = (name: string) =>
    tools.find((one: AnyTool) => one.function.name === `files__${name}`)?.policy.needsApproval;
  expect([asks("write_file"), asks("read_text_file")]).toEqual([true, undefined]);
});

test("memory: what is remembered is found", async () => {
  const tools = await memory.tools();
  const entities = [{ name: "Anna", entityType: "person", observations: ["lives in Bern"] }];
  await call(tools, "memory__create_entities", { entities });
  const found = await call(tools, "memory__search_nodes", { query: "Bern" });
  expect(found).toEqual({ entities, relations: [] });
});
