/** How each runtime is started, and how the scenario's report comes back from it. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { chromium as playwright } from "playwright-core";
import { command, strangersEnv } from "../command.ts";
import type { Providers, Report } from "./scenario.ts";
import { webServer } from "./web-server.ts";

const here = import.meta.dirname;

/** Runs the scenario as a program of the installed app. @throws Error with all that it printed */
export async function inProcess(
  program: string,
  flags: readonly string[],
  installed: string,
  providers: Providers,
): Promise<Report> {
  for (const file of ["scenario.ts", "process.ts"]) {
    cpSync(join(here, file), join(installed, file));
  }
  const env = { ...strangersEnv, RUNTIME_PROVIDERS: JSON.stringify(providers), ...quiet };
  const result = await command(program, [...flags, "process.ts"], { cwd: installed, env });
  try {
    return JSON.parse(result.stdout) as Report;
  } catch {
    throw new Error(`${program} ended with ${result.code} and no report:\n${result.output}`);
  }
}

const quiet = { DENO_NO_UPDATE_CHECK: "1", DO_NOT_TRACK: "1" };

/** Bundles one of this folder's entries with the installed packages, as an app's bundler would. */
async function bundle(entry: string, installed: string, conditions: string[]): Promise<string> {
  const copies = ["scenario.ts", entry].map((file) => join(installed, file));
  for (const copy of copies) cpSync(join(here, copy.slice(installed.length)), copy);
  const { outputFiles } = await build({
    entryPoints: [join(installed, entry)],
    absWorkingDir: installed,
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions,
    target: "es2022",
  });
  for (const copy of copies) rmSync(copy);
  return outputFiles[0]!.text;
}

/** What the page's script leaves behind. */
interface Page {
  scenario: (providers: Providers) => Promise<Report>;
}

/** Starts Chromium. @throws Error saying why it does not start here */
export async function launchChromium() {
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
  });
}

/**
 * Runs the scenario in a page, of one origin, against providers of another that allow it by CORS.
 * @param browser is closed at the end
 */
export async function inPage(
  browser: Awaited<ReturnType<typeof launchChromium>>,
  installed: string,
  simulatorURL: string,
  providers: Providers,
): Promise<Report> {
  const code = await bundle("page.ts", installed, ["browser"]);
  await using site = await webServer(code);
  await using api = await webServer(undefined, simulatorURL);
  const moved = JSON.parse(JSON.stringify(providers).replaceAll(simulatorURL, api.url));
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    await page.waitForFunction(() => "scenario" in globalThis);
    const run = (all: Providers) => (globalThis as unknown as Page).scenario(all);
    return await page.evaluate(run, moved as Providers);
  } finally {
    await browser.close();
  }
}

/** Starts workerd with an empty Worker. @throws Error saying why it does not start here */
export async function startWorker(): Promise<Miniflare> {
  const worker = new Miniflare({ modules: true, script: "export default {};" });
  await worker.ready;
  return worker;
}

/** Runs the scenario in a Worker, and stops it. */
export async function inWorker(
  worker: Miniflare,
  installed: string,
  providers: Providers,
): Promise<Report> {
  try {
    const script = await bundle("worker.ts", installed, ["workerd", "worker", "browser"]);
    await worker.setOptions({ modules: true, script, compatibilityDate: "2026-01-01" });
    const body = JSON.stringify(providers);
    const reply = await worker.dispatchFetch("http://app.invalid", { method: "POST", body });
    return (await reply.json()) as Report;
  } finally {
    await worker.dispose();
  }
}
