/** What a killed process cannot take with it: the model, the service that has the effects, and who kills. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Simulator, simulator, type Turn } from "@polycall/testing";
import { said } from "./trip.ts";

/** When a process is killed: after so many ms, or at the nth of what it does. */
export type Fate =
  | { at: "time"; ms: number }
  | { at: "model"; nth: number }
  | { at: "effect"; nth?: number; what?: string; when: "before" | "after" }
  | { at: "append"; nth: number; when: "before" | "after" };

/** An effect that the service was asked for. */
export interface Wanted {
  what: string;
  key?: string;
  /** It had the effect; a key that it knew has none. */
  had: boolean;
}

/** A request to a model. */
export interface Asked {
  /** Who asks: the lead, or the city that is scouted. */
  who: "lead" | "Rome" | "Oslo";
  /** From 1; 0 is the summary of what was said before, which is made in the first one. */
  step: number;
}

/** What the model says: a function of the conversation, so that asked again it says the same. */
function reply({ messages, system }: Turn, { who, step }: Asked) {
  const results = messages.filter(({ role }) => role === "tool").map(({ text }) => text);
  const told = results.filter((text) => text !== "clerk has taken over.");
  const call = (name: string, args: { [key: string]: string }) => ({ name, args });
  if (who !== "lead") {
    if (step > 1) return `${who}: ${told.join(", ")}`;
    return { calls: [call("look", { what: who }), call("post", { what: who })] };
  }
  if (step === 1) {
    const cities = ["Rome", "Oslo"].map((input) => call("scout", { input }));
    return {
      calls: [call("charge", { what: "deposit" }), call("mail", { what: "Ann" }), ...cities],
    };
  }
  if (step === 0) return "They talked of trips.";
  if (step === 2) return { calls: [call("charge", { what: "rest" })] };
  if (step === 3) return { calls: [call("transfer_to_clerk", {})] };
  if (!system.startsWith("You close")) return "I am not the clerk.";
  if (step === 4) return { calls: [call("stamp", { what: "trip" })] };
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
  "stamp trip",
];
const scouted = (city: string) => `${city}: ${said(`look ${city}`)}, ${said(`post ${city}`)}`;
export const rightAnswer = [
  said("charge deposit"),
  said("mail Ann"),
  scouted("Rome"),
  scouted("Oslo"),
  said("charge rest"),
  said("stamp trip"),
].join("; ");

/** One world: its processes die, it does not. */
export class World {
  readonly wanted: Wanted[] = [];
  readonly asked: Asked[] = [];
  /** What the processes are told: where things are. */
  readonly place: { service: string; providers: Simulator["providers"]; model: string };
  readonly #keys = new Set<string>();
  readonly #sim: Simulator;
  readonly #server: Server;
  #fate: Fate | undefined;
  #victim: ChildProcess | undefined;
  #seen = { model: 0, effect: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  static async begin(): Promise<World> {
    const server = createServer().listen(0, "127.0.0.1");
    server.keepAliveTimeout = 0; // On a busy machine a worker may pause for longer than that.
    await once(server, "listening");
    return new World(await simulator(), server);
  }

  private constructor(sim: Simulator, server: Server) {
    this.#sim = sim;
    this.#server = server;
    const service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { ollama } = sim.providers;
    this.place = { service, providers: { ollama: ollama! }, model: "ollama/llama3.2" };
    server.on("request", (request, response) => {
      const key = request.headers["idempotency-key"] as string | undefined;
      request.resume().once("end", () => this.#effect(request.url!, key, response));
    });
  }

  /** Whom it kills from now on, and when. */
  doom(victim?: ChildProcess, fate?: Fate): void {
    this.#victim = victim;
    this.#fate = fate;
    this.#seen = { model: 0, effect: 0 };
    this.#sim.reset();
    this.#sim.script(Array.from({ length: 40 }, () => (turn: Turn) => this.#turn(turn)));
    clearTimeout(this.#timer);
    if (fate?.at === "time") this.#timer = setTimeout(() => this.#kill(), fate.ms);
  }

  /** The model refuses the next request. */
  refuse(): void {
    this.#sim.fault({ status: 401 });
  }

  /** Another run: what was asked of it is forgotten. */
  forget(): void {
    this.wanted.length = 0;
    this.asked.length = 0;
    this.#keys.clear();
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#sim.close();
  }

  #turn(turn: Turn) {
    const { system, messages } = turn;
    const summing = messages.at(-1)!.text.includes("about to be removed");
    const step = summing ? 0 : messages.filter(({ role }) => role === "assistant").length + 1;
    const who = system.startsWith("You scout") ? (messages[0]!.text as Asked["who"]) : "lead";
    const asked = { who, step };
    this.asked.push(asked);
    if (this.#now("model")) this.#kill();
    return reply(turn, asked);
  }

  #effect(url: string, key: string | undefined, response: ServerResponse): void {
    const [, kind, what] = decodeURI(url).split("/") as [string, string, string];
    const now = this.#now("effect", what);
    const when = now?.at === "effect" ? now.when : undefined;
    if (when) this.#kill();
    if (when === "before") return;
    const had = kind === "raw" || !this.#keys.has(key!);
    if (key) this.#keys.add(key);
    this.wanted.push({ what, had, ...(key && { key }) });
    response.end(said(what));
  }

  /** What is to happen now, if anything. */
  #now(at: "model" | "effect", what?: string): Fate | undefined {
    const nth = ++this.#seen[at];
    const fate = this.#fate;
    if (fate?.at !== at) return undefined;
    return fate.nth === nth || ("what" in fate && fate.what === what) ? fate : undefined;
  }

  #kill(): void {
    this.#victim?.kill("SIGKILL");
  }
}

/** A process that reads a line and answers with one, as often as it is told to; its first line says that it is up. */
export interface Worker {
  child: ChildProcess;
  ready: Promise<unknown>;
  /** @returns undefined when it has died first */
  tell(job: object): Promise<string | undefined>;
  /** Its signal. */
  exit: Promise<string | null>;
  end(): Promise<void>;
}

/** @param folder where what is compiled is kept, so that the next one is up sooner */
export function startWorker(script: URL, folder: string, flags: string[] = []): Worker {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ...flags, fileURLToPath(script)],
    {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
    },
  );
  // It may be dead when it is told what to do.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = async () => (await lines.next()).value as string | undefined;
  const exit = once(child, "close").then(([, signal]) => signal as string | null);
  return {
    child,
    ready: said(),
    async tell(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      return Promise.race([said(), exit.then(() => undefined)]);
    },
    exit,
    async end() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
