/** What the killed process cannot take with it: the model, the service that has the effects, and who kills. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Simulator, simulator, type Turn } from "@polycall/testing";
import type { Run } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/sqlite.ts";
import { said } from "./trip.ts";
import type { Job } from "./worker.ts";

/** When a process is killed: after so many ms, or at the nth of what it does. */
export type Fate =
  | { at: "time"; ms: number }
  | { at: "model"; nth: number }
  | { at: "effect"; nth: number; when: "before" | "after" }
  | { at: "append"; nth: number; when: "before" | "after" };

/** An effect that the service was asked for. */
export interface Wanted {
  what: string;
  key?: string;
  /** It had the effect; a key that it knew has none. */
  had: boolean;
}

/** A request to a model: of which run, which step. */
export interface Asked {
  log: string;
  step: string;
}

/** What the model says: a function of the conversation, so that asked again it says the same. */
function reply(turn: Turn) {
  const { system, messages } = turn;
  const step = messages.filter(({ role }) => role === "assistant").length + 1;
  const told = messages.filter(({ role }) => role === "tool").map(({ text }) => text);
  const call = (name: string, args: { [key: string]: string }) => ({ name, args });
  if (system.startsWith("You scout")) {
    const city = messages[0]!.text;
    if (step > 1) return `${city}: ${told.join(", ")}`;
    return { calls: [call("look", { what: city }), call("post", { what: city })] };
  }
  if (step === 1) {
    const cities = ["Rome", "Oslo"].map((input) => call("scout", { input }));
    return {
      calls: [call("charge", { what: "deposit" }), call("mail", { what: "Ann" }), ...cities],
    };
  }
  if (step === 2) return { calls: [call("charge", { what: "rest" })] };
  return told.join("; ");
}

export const effects = [
  "charge deposit",
  "mail Ann",
  "look Rome",
  "post Rome",
  "look Oslo",
  "post Oslo",
  "charge rest",
];
const scouted = (city: string) => `${city}: ${said(`look ${city}`)}, ${said(`post ${city}`)}`;
export const rightAnswer = [
  said("charge deposit"),
  said("mail Ann"),
  scouted("Rome"),
  scouted("Oslo"),
  said("charge rest"),
].join("; ");

/** One world: its processes die, it does not. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "kills-"));
  readonly store = sqliteStore(join(this.folder, "runs.sqlite"));
  readonly wanted: Wanted[] = [];
  readonly asked: Asked[] = [];
  readonly #keys = new Map<string, string>();
  #sim!: Simulator;
  #server = createServer();
  #service = "";
  #fate: Fate | undefined;
  #seen = { model: 0, effect: 0 };
  #worker: ReturnType<typeof startWorker> | undefined;
  #spare: ReturnType<typeof startWorker> | undefined;

  static async begin(): Promise<World> {
    const world = new World();
    world.#sim = await simulator();
    world.#server.on("request", (request, response) => {
      request.resume().once("end", () => {
        const [, kind, what] = decodeURI(request.url!).split("/") as [string, string, string];
        const key = request.headers["idempotency-key"] as string | undefined;
        const now = world.#now("effect");
        const when = now?.at === "effect" ? now.when : undefined;
        if (when === "before") return world.#kill();
        const had = kind === "raw" || !world.#keys.has(key!);
        if (key) world.#keys.set(key, what);
        world.wanted.push({ what, had, ...(key && { key }) });
        if (when === "after") world.#kill();
        response.end(said(what));
      });
    });
    world.#server.listen(0, "127.0.0.1");
    await once(world.#server, "listening");
    world.#service = `http://127.0.0.1:${(world.#server.address() as AddressInfo).port}`;
    return world;
  }

  /** One process more, to its end or its death. */
  async carryOn(
    job: Pick<Job, "runId" | "decisions">,
    fate: Fate | undefined,
  ): Promise<
    { killed: true } | { killed: false; run: Run; error?: { code: string; message: string } }
  > {
    this.#worker ??= this.#spare ?? startWorker(this.folder);
    const worker = this.#worker;
    await worker.ready;
    // The next one gets up while this one works.
    if (this.#spare === undefined || this.#spare === worker) this.#spare = startWorker(this.folder);
    this.#fate = fate;
    this.#seen = { model: 0, effect: 0 };
    const turns = Array.from({ length: 20 }, () => (turn: Turn) => {
      const { system, messages } = turn;
      const step = messages.filter(({ role }) => role === "assistant").length + 1;
      const inside = system.startsWith("You scout")
        ? messages[0]!.text === "Rome"
          ? "/1.2"
          : "/1.3"
        : "";
      this.asked.push({ log: `run/${job.runId}${inside}`, step: `model ${step}` });
      if (this.#now("model")) this.#kill();
      return reply(turn);
    });
    this.#sim.reset();
    this.#sim.script(turns);
    const die = fate?.at === "append" ? { append: fate.nth, when: fate.when } : undefined;
    const { providers } = this.#sim;
    const whole: Job = {
      ...job,
      file: join(this.folder, "runs.sqlite"),
      service: this.#service,
      providers: { ollama: providers.ollama! },
      model: "ollama/llama3.2",
      ...(die && { die }),
    };
    worker.child.stdin!.write(`${JSON.stringify(whole)}\n`);
    const timer = fate?.at === "time" ? setTimeout(() => this.#kill(), fate.ms) : undefined;
    const said = await Promise.race([worker.said(), worker.exit.then(() => undefined)]);
    clearTimeout(timer);
    if (said === undefined || worker.child.killed) {
      const signal = await worker.exit;
      if (signal !== "SIGKILL") throw new Error(`The worker ended by itself (${signal}).`);
      this.#worker = undefined;
      // What it sent before it died comes in all the same.
      await delay(15);
      return { killed: true };
    }
    const run = JSON.parse(said);
    return { killed: false, run, error: run.error };
  }

  /** What is kept of a run, its sub-agents' included: "LOG STEP". */
  async kept(runId: string): Promise<Set<string>> {
    const kept = new Set<string>();
    for (const { log } of await this.store.list(`run/${runId}`)) {
      for (const { data } of await this.store.read(log)) {
        const { type, name } = data as { type: string; name: string };
        if (type === "step") kept.add(`${log} ${name}`);
      }
    }
    return kept;
  }

  async end(): Promise<void> {
    for (const worker of new Set([this.#worker, this.#spare])) {
      worker?.child.kill("SIGKILL");
      await worker?.exit;
    }
    await this.store.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#sim.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whether the process is to die now. */
  #now(at: "model" | "effect"): Fate | undefined {
    const nth = ++this.#seen[at];
    const fate = this.#fate;
    return fate?.at === at && fate.nth === nth ? fate : undefined;
  }

  #kill(): void {
    this.#worker?.child.kill("SIGKILL");
  }
}

function startWorker(folder: string) {
  const script = fileURLToPath(new URL("worker.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
  });
  // It may be dead when it is told what to do.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = async () => (await lines.next()).value as string | undefined;
  const exit = once(child, "close").then(([, signal]) => signal as string | null);
  return { child, said, ready: said(), exit };
}
