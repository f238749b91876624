import { expect, test, vi } from "vitest";
import type { ClientOptions, LogLevel, Provider } from "../src/index.ts";
import { plain } from "./support/plain.ts";
import { chunk, failing, messages, reply, stream, wire } from "./support/wire.ts";

const model = "alpha/m";

function listening() {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return {
    lines,
    logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
  };
}

test("POLYCALL_LOG=debug shows each request and reply, keys hidden", async () => {
  vi.stubEnv("POLYCALL_LOG", "debug");
  const { client } = await wire([reply("Hello back")]);
  const { lines, logger } = listening();
  const options: ClientOptions = { logger, logLevel: undefined };
  await client(options).completion({ model, messages });
  const [sent, came] = lines;
  expect(lines).toHaveLength(2);
  expect(sent).toMatch(/^debug polycall: -> POST http:.*\/alpha\/chat\/completions/);
  expect(sent).toContain('"authorization":"[redacted]"');
  expect(sent).toContain('"messages":[{"role":"user","content":"Hello"}]');
  expect(came).toMatch(/^debug polycall: <- 200 .*Hello back/);
});

test("a key is hidden wherever it stands, and a file's bytes are counted", async () => {
  const { client } = await wire([reply("ok")]);
  const { lines, logger } = listening();
  const { completion, explain } = client({ logger, logLevel: "debug" });
  const url = `data:image/png;base64,${"iVBOR/0+".repeat(500)}==`;
  const content = [{ type: "image_url" as const, image_url: { url } }];
  const headers = { "x-forwarded": "with key-alpha in it" };
  const input = { model, messages: [{ role: "user" as const, content }], headers };
  await completion(input);
  expect(lines[0]).toContain('"x-forwarded":"with [redacted] in it"');
  expect(lines[0]).toContain("data:image/png;base64,(4002 characters)");
  expect((await explain(input)).headers["x-forwarded"]).toBe("with [redacted] in it");
});

test("a warning about one message is not said again about the next", async () => {
  const { client } = await wire([reply("a"), reply("b")]);
  const { lines, logger } = listening();
  const alpha = plain("alpha");
  const noting: Provider = {
    ...alpha,
    plan: (request, context) => {
      const param = `messages[${request.messages.length - 1}].content`;
      const changes = [{ param, action: "repaired" as const, reason: "blank" }];
      return { ...alpha.plan(request, context), changes };
    },
  };
  const { completion } = client({ adapters: { alpha: noting }, logger, logLevel: "warn" });
  await completion({ model, messages });
  const { warnings } = await completion({ model, messages: [...messages, ...messages] });
  expect(lines).toEqual(["warn polycall: alpha/m: messages[0].content repaired: blank"]);
  expect(warnings.map(({ param }) => param)).toEqual(["messages[1].content"]);
});

test("a streamed reply is shown when it has ended, well or not", async () => {
  const whole = [chunk("Hel"), chunk("lo", "stop"), "[DONE]"];
  const { client } = await wire([stream(whole), stream([chunk("Hel")])]);
  const { lines, logger } = listening();
  const { completion } = client({ logger, logLevel: "debug" });
  await (await completion({ model, messages, stream: true })).final();
  const broken = await completion({ model, messages, stream: true });
  await broken.final().catch(() => {});
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^debug polycall: <- 200 \{.*"content":"Hello"/);
  expect(lines[3]).toMatch(/^debug polycall: <- 200 \{.*"Hel".*broke off before its end/);
});

test.each<[LogLevel, number]>([
  ["debug", 5],
  ["info", 1],
  ["warn", 0],
  ["off", 0],
])("at %s, a retried call says %i lines", async (logLevel, count) => {
  const { client } = await wire([failing(429, "no", { "retry-after-ms": "1" }), reply("ok")]);
  const { lines, logger } = listening();
  await client({ logger, logLevel }).completion({ model, messages });
  expect(lines).toHaveLength(count);
});

test("a level that is none is refused", async () => {
  const { client } = await wire([]);
  expect(() => client({ logLevel: "silent" as LogLevel })).toThrow(
    'logLevel must be one of debug, info, warn, error, off, not "silent".',
  );
});
