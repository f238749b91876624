/**
 * The packed packages in every runtime: each streams, calls a tool, reads an object and leaves a stream
 * early, with every adapter, against the simulator. A runtime that cannot start here is skipped, loudly.
 */
import { type Simulator, simulator } from "@polycall/testing";
import { expect, inject, type TestContext, test, vi } from "vitest";
import { binaryOf, oldestNode } from "../runtimes/binaries.ts";
import { inPage, inProcess, inWorker, launchChromium, startWorker } from "../runtimes/runners.ts";
import { checkNames, leavingWords, models, type Report } from "../runtimes/scenario.ts";

const installed = inject("installed");

/** A simulator whose streams are slow where the scenario leaves them early: after four requests. */
async function slowAtTheEnd(): Promise<Simulator> {
  const started = await simulator();
  for (const provider of models.map((model) => model.split("/")[0]!)) {
    started.fault({ provider, times: 4 });
    started.fault({ provider, times: 2, chunkDelayMs: 50 });
  }
  return started;
}

/** What a runtime is started with; skips the test when it cannot be. */
async function started<T>({ skip, task }: TestContext, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const reason = `SKIPPED: ${task.name} does not start: ${(error as Error).message}`;
    console.warn(reason);
    return skip(reason);
  }
}

/** Every check passed with every model, in that runtime, and the server saw each stream that was left. */
async function expectAll(
  name: RegExp,
  { runtime, passed, failed }: Report,
  { requests }: Simulator,
): Promise<void> {
  const all = models.flatMap((model) => checkNames.map((one) => `${model.split("/")[0]}: ${one}`));
  expect(failed).toEqual([]);
  expect(runtime).toMatch(name);
  expect(passed).toEqual(all);
  for (const words of Object.values(leavingWords)) {
    const left = requests.filter(({ text }) => text.includes(words));
    expect(left).toHaveLength(models.length);
    await vi.waitFor(() => expect(left.filter(({ aborted }) => !aborted)).toEqual([]), 10_000);
  }
}

test("the oldest Node", async (context) => {
  const node = await started(context, oldestNode);
  await using server = await slowAtTheEnd();
  const flags = ["--disable-warning=ExperimentalWarning"];
  await expectAll(
    /^Node.js\/22$/,
    await inProcess(node, flags, installed, server.providers),
    server,
  );
});

test(`this Node, ${process.version}`, async () => {
  await using server = await slowAtTheEnd();
  const flags = ["--disable-warning=ExperimentalWarning"];
  await expectAll(
    /^Node.js\//,
    await inProcess(process.execPath, flags, installed, server.providers),
    server,
  );
});

test("Bun", async (context) => {
  const bun = await started(context, () => binaryOf("bun"));
  await using server = await slowAtTheEnd();
  await expectAll(/^Bun\//, await inProcess(bun, ["run"], installed, server.providers), server);
});

test("Deno", async (context) => {
  const deno = await started(context, () => binaryOf("deno"));
  await using server = await slowAtTheEnd();
  const flags = ["run", "--allow-all", "--no-remote", "--node-modules-dir=manual"];
  await expectAll(/^Deno\//, await inProcess(deno, flags, installed, server.providers), server);
});

test("Chromium", async (context) => {
  const browser = await started(context, launchChromium);
  await using server = await slowAtTheEnd();
  const { url, providers, requests } = server;
  await expectAll(/Chrome\//, await inPage(browser, installed, url, providers), server);
  // Without it Anthropic refuses what comes from a page.
  const toAnthropic = requests.filter(({ provider }) => provider === "anthropic");
  const header = "anthropic-dangerous-direct-browser-access";
  expect(new Set(toAnthropic.map(({ headers }) => headers[header]))).toEqual(new Set(["true"]));
});

test("a Worker", async (context) => {
  const worker = await started(context, startWorker);
  await using server = await slowAtTheEnd();
  await expectAll(
    /^Cloudflare-Workers$/,
    await inWorker(worker, installed, server.providers),
    server,
  );
});
