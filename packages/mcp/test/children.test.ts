/** Servers that are started here: what they may do wrong, and that none outlives its time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  McpConnectionError,
  McpProtocolError,
  McpTimeoutError,
  McpUnknownOutcomeError,
  mcp,
} from "@polycall/mcp";
import { expect, test as serial } from "vitest";
import { call, child, compiled, isAlive, until } from "./support.ts";

// Most of the time is spent in starting programs.
const test = serial.concurrent;
const bad = (mode: string, more = {}) => mcp({ name: "s", ...child("bad.mjs", mode), ...more });

test("a program that is not there", async () => {
  const failure = mcp({ name: "s", command: "polycall-no-such-program" });
  await expect(failure).rejects.toThrow(McpConnectionError);
  await expect(failure).rejects.toThrow(
    /^MCP server "s" \(stdio: polycall-no-such-program\) cannot be reached: .* It could not be started: spawn polycall-no-such-program ENOENT\./,
  );
});

test("one that exits at once: its last words are told, the secret that it was given is not", async () => {
  const failure = bad("exits", { env: { SERVICE_KEY: "canary-9f31" } });
  await expect(failure).rejects.toThrow(McpConnectionError);
  await expect(failure).rejects.toThrow(
    "It ended with code 3. Its stderr ends: No such database. The key is [SERVICE_KEY]",
  );
});

test("one that never answers is given up and is gone", async () => {
  const started = Date.now();
  const failure = bad("hangs", { connectTimeout: 300 });
  await expect(failure).rejects.toThrow(McpTimeoutError);
  await expect(failure).rejects.toThrow(/gave no sign for 300 ms\./);
  expect(Date.now() - started).toBeLessThan(3_000);
});

test("one that writes garbage and ends when it is greeted: it is quoted", async () => {
  await expect(bad("only-garbage")).rejects.toThrow(
    'It ended with code 0. It writes to stdout what is no MCP message: "Listening on port 3000"',
  );
});

serial(
  "noise, quick progress, what is no result, refusals, and more than can be read",
  async () => {
    process.env.POLYCALL_CANARY = "secret of the parent";
    await using server = await bad("noisy", { env: { GIVEN: "yes" } });
    delete process.env.POLYCALL_CANARY;
    const tools = await server.tools();
    const ask = (how: string, more = {}, context = {}) =>
      call(tools, "s__t", { how, ...more }, context);
    expect(await ask("fine")).toBe("fine");

    // In one piece with the result.
    const told: unknown[] = [];
    const progress = (value: unknown) => told.push(value);
    expect(await ask("quick", {}, { progress })).toBe("fine");
    expect(told).toEqual([{ progress: 1 }, { progress: 2 }]);

    // A child sees what it is given and what programs need, no more.
    const seen = String(await ask("env"));
    expect(JSON.parse(seen)).toMatchObject({ GIVEN: "yes", PATH: process.env.PATH });
    expect(seen).not.toContain("secret of the parent");

    await expect(ask("wrong")).rejects.toThrow(McpProtocolError);
    const refusal = ask("refuses");
    await expect(refusal).rejects.toThrow(McpProtocolError);
    await expect(refusal).rejects.toMatchObject({ code: "-32000", tool: "t" });
    await expect(refusal).rejects.toThrow(/refuses: .*Quota used up\.$/);

    expect(await ask("huge", { megabytes: 12 })).toHaveLength(12 * 2 ** 20);
    const { pid } = server;
    const huge = ask("huge", { megabytes: 50 });
    await expect(huge).rejects.toThrow(McpProtocolError);
    await expect(huge).rejects.toThrow(
      /too large and was not read\. It sent a message of more than 33554432 bytes/,
    );
    await until(() => !isAlive(pid!));
  },
);

test("a server that died is started again for the next call", async () => {
  await using server = await bad("fine");
  const tools = await server.tools();
  const first = server.pid!;
  process.kill(first, "SIGKILL");
  await until(() => server.pid !== first);
  expect(await call(tools, "s__t")).toBe("fine");
  expect(server.pid).not.toBe(first);
});

test("one that dies in a call: nobody knows whether it ran", async () => {
  await using server = await bad("dies");
  const failure = call(await server.tools(), "s__t");
  await expect(failure).rejects.toThrow(McpUnknownOutcomeError);
  await expect(failure).rejects.toThrow(/It ended with code 7\..*Look whether it took effect/);
});

test("disposing reaps: one that goes, one that will not, and what a child has started", async () => {
  const [good, stubborn, parent] = await Promise.all(
    ["fine", "stubborn", "parent"].map((one) => bad(one)),
  );
  const grandchild = Number(await call(await parent!.tools(), "s__t"));
  const pids = [good!.pid!, stubborn!.pid!, parent!.pid!, grandchild];
  expect(pids.every(isAlive)).toBe(true);
  await Promise.all([good!.close(), stubborn!.close(), parent!.close()]);
  await until(() => !pids.some(isAlive), 1_000);
});

const host = fileURLToPath(new URL("./servers/host.ts", import.meta.url));

test.each([
  ["throws", "stubborn", undefined],
  ["waits", "stubborn", "SIGINT"],
  ["waits", "fine", "SIGKILL"],
] as const)(
  "a parent that %s with a %s child (%s) leaves none behind",
  async (end, mode, signal) => {
    const parent = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", host, end, mode],
      {
        stdio: ["ignore", "pipe", "ignore"],
        env: { ...process.env, ...compiled },
      },
    );
    const exit = once(parent, "exit");
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    expect(pid).toBeGreaterThan(1);
    if (signal) {
      expect(isAlive(pid)).toBe(true);
      parent.kill(signal);
    }
    const [, ended] = await exit;
    expect(ended).toBe(signal ?? null);
    await until(() => !isAlive(pid));
  },
);
