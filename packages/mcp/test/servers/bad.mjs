/** A server that misbehaves over stdio, by the word it is started with. Plain lines, no SDK, no types: it starts often. */
import { spawn } from "node:child_process";

const [mode] = process.argv.slice(2);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

if (mode === "exits") {
  console.error(`No such database. The key is ${process.env.SERVICE_KEY}`);
  process.exit(3);
}
if (mode === "noisy") process.stderr.write("noise ".repeat(200_000));
if (mode === "noisy" || mode === "only-garbage") {
  process.stdout.write('Listening on port 3000\n{"not":"a message"}\n\n[1,\n\u0000\uffff\n');
}
if (mode === "stubborn") {
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1_000);
}
if (mode === "parent") {
  // A child of its own that holds its pipes and ignores their end, as `npx` may leave one.
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const grandchild = spawn(process.execPath, ["-e", script], { stdio: "inherit" });
  process.stderr.write(`grandchild ${grandchild.pid}\n`);
  globalThis.grandchild = grandchild.pid;
}

const tools = [{ name: "t", inputSchema: { type: "object" } }];

function answer({ id, method, params }) {
  if (mode === "hangs") return;
  if (method === "initialize") {
    if (mode === "only-garbage") process.exit(0);
    const serverInfo = { name: "bad", version: "1" };
    const capabilities = { tools: {} };
    send({ id, result: { protocolVersion: "2025-11-25", capabilities, serverInfo } });
  } else if (method === "tools/list") send({ id, result: { tools } });
  else if (method === "tools/call") called(id, params);
}

function called(id, { arguments: { how = mode, megabytes }, _meta: meta = {} }) {
  const reply = (text) => send({ id, result: { content: [{ type: "text", text }] } });
  if (how === "huge") reply("x".repeat(Number(megabytes) * 2 ** 20));
  else if (how === "env") reply(JSON.stringify(process.env));
  else if (how === "quick") {
    const { progressToken } = meta;
    const told = [1, 2].map((progress) => ({
      method: "notifications/progress",
      params: { progressToken, progress },
    }));
    const result = { content: [{ type: "text", text: "fine" }] };
    const lines = [...told, { id, result }].map((one) =>
      JSON.stringify({ jsonrpc: "2.0", ...one }),
    );
    process.stdout.write(`${lines.join("\n")}\n`);
  } else if (how === "wrong") send({ id, result: { content: "none" } });
  else if (how === "refuses") send({ id, error: { code: -32_000, message: "Quota used up" } });
  else if (how === "dies") process.exit(7);
  else if (how === "parent") reply(String(globalThis.grandchild));
  else reply("fine");
}

let text = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  text += chunk;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
    const line = text.slice(0, at);
    text = text.slice(at + 1);
    if (line.trim()) answer(JSON.parse(line));
  }
});
