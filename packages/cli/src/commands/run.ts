/** `polycall run FILE INPUT`: an agent of the user's, live in the terminal. */
import { writeFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import type { Agent, ApprovalRequest, Decision, Run } from "@polycall/agent";
import { command, json, UsageError } from "../command.ts";
import type { IO } from "../io.ts";
import { decide } from "../run/ask.ts";
import { Lines } from "../run/lines.ts";
import { interrupted, type Live, processLive } from "../run/live.ts";
import { loadAgent } from "../run/load.ts";
import { paints } from "../run/paint.ts";
import { jsonLine, safe } from "../run/safe.ts";
import { Screen } from "../run/screen.ts";
import { asResult, resumeHint, standing, summary } from "../run/told.ts";

/** Columns where there is no terminal. */
const usualWidth = 160;

export const run = command({
  usage: "FILE [INPUT] [OPTION...]",
  help: "Runs the agent that FILE exports (TypeScript or JavaScript; as default, or named `agent`; an export `context` is given to its tools). INPUT is what the user says; without it standard input is read. Questions are asked at the prompt; without a terminal the run ends as waiting. The answer goes to standard output; what happens on the way, where that is no terminal, to standard error. Exit code 1: it has no answer.",
  options: {
    session: { type: "string", value: "NAME", help: "the conversation that it continues" },
    resume: {
      type: "string",
      value: "RUNID",
      help: "goes on with a run: after a crash, a question, a limit",
    },
    ask: {
      type: "boolean",
      help: "asks questions also where the input is no terminal; --no-ask: never",
    },
    html: { type: "string", value: "FILE", help: "writes the run as a page to look at" },
    json: { ...json, help: "events as they happen, a line of JSON each, and the run as the last" },
  },
  async run({ values, positionals }, io) {
    const [file, ...words] = positionals;
    if (!file) throw new UsageError("Name a file that exports an agent.");
    if (values.resume !== undefined && (words.length > 0 || values.session !== undefined)) {
      throw new UsageError(
        "--resume goes on with a run as it is: it takes no input and no session.",
      );
    }
    const { agent, context } = await loadAgent(file);
    const { live = processLive() } = io;
    const controller = new AbortController();
    const lines = new Lines(live, () => controller.abort());
    const off = live.onInterrupt(() => controller.abort());
    controller.signal.addEventListener("abort", () => lines.close());
    const asks = !values.json && (values.ask ?? live.input.isTTY === true);
    try {
      const input = values.resume === undefined ? await inputOf(words, asks, lines, live) : "";
      const show = values.json ? asJson(io) : asLines(agent, { ...io, live }, lines, asks);
      // A run of no session would be kept in memory: in one of its own, another process can go on with it.
      const runId = values.resume ?? crypto.randomUUID();
      const { signal } = controller;
      const { approve } = show;
      const given = {
        signal,
        ...(context !== undefined && { context }),
        ...(approve && { approve }),
      };
      const stream =
        values.resume === undefined
          ? agent.stream(input, { ...given, runId, session: values.session ?? runId })
          : agent.resumeStream(runId, given);
      try {
        for await (const event of stream) show.event(event);
        const ended = await stream.final();
        await writePage(values.html, ended);
        show.end(ended, file);
        if (ended.status === "done") return 0;
        return signal.aborted ? interrupted : 1;
      } catch (error) {
        const { run: soFar } = error as { run?: Run };
        if (soFar) await writePage(values.html, soFar);
        show.broke(error, soFar, soFar && resumeHint(file, runId));
        return signal.aborted ? interrupted : 1;
      }
    } finally {
      off();
      lines.close();
      live.release();
    }
  },
});

/** @throws UsageError where there is none */
async function inputOf(
  words: readonly string[],
  asks: boolean,
  lines: Lines,
  live: Live,
): Promise<string> {
  if (words.length > 0) return words.join(" ");
  const typed = asks ? await lines.ask("> ") : live.input.isTTY ? "" : await readAll(live.input);
  if (!typed?.trim()) throw new UsageError("Give an input: what the agent is asked.");
  return typed.trim();
}

async function writePage(file: string | undefined, ended: Run): Promise<void> {
  if (file !== undefined) writeFileSync(file, await ended.toHTML());
}

/** How a run is shown. */
interface Show {
  event: (event: Parameters<Screen["show"]>[0]) => void;
  end: (ended: Run, file: string) => void;
  broke: (error: unknown, soFar: Run | undefined, resume: string | undefined) => void;
  approve?: (request: ApprovalRequest) => Promise<Decision | undefined>;
}

function asJson(io: IO): Show {
  return {
    event: (event) => io.out(jsonLine(event)),
    end: (ended) => io.out(jsonLine(asResult(ended))),
    broke(error, soFar, resume) {
      const { name, message, code } = error as Error & { code?: string };
      io.out(
        jsonLine({
          ...(soFar && asResult(soFar)),
          type: "error",
          status: undefined,
          error: { name, message, code },
          resume,
        }),
      );
    },
  };
}

function asLines(agent: Agent, io: IO & { live: Live }, lines: Lines, asks: boolean): Show {
  const since = performance.now();
  const isTerminal = io.width !== undefined;
  const paint = paints(io.color);
  const write = (text: string) => io.live.write(text, isTerminal ? "out" : "err");
  const width = io.width ?? usualWidth;
  const screen = new Screen({ write, paint, width, streams: isTerminal, questions: !asks });
  const print = (text: string) => write(`${text}\n`);
  /** One question after the other. */
  let asking: Promise<unknown> = Promise.resolve();
  const ask = async (request: ApprovalRequest) => {
    screen.hold();
    try {
      return await decide(request, lines, print, paint);
    } finally {
      screen.release();
    }
  };
  return {
    event: (event) => screen.show(event),
    end(ended, file) {
      screen.end();
      if (!isTerminal && ended.status === "done") {
        const { output } = ended;
        io.out(safe(typeof output === "string" ? output : JSON.stringify(output, undefined, 2)));
      }
      for (const said of standing(ended, file)) screen.print(paint("ask", said));
      screen.print(paint("dim", `${agent.name}: ${summary(ended, performance.now() - since)}`));
    },
    broke(error, soFar, resume) {
      screen.end();
      if (!isTerminal && soFar?.text) screen.print(safe(soFar.text));
      io.err(paint("bad", `polycall: ${safe((error as Error)?.message ?? String(error))}`));
      if (resume) io.err(`Go on with: ${resume}`);
      if (soFar)
        screen.print(paint("dim", `${agent.name}: ${summary(soFar, performance.now() - since)}`));
    },
    ...(asks && {
      approve(request: ApprovalRequest) {
        const asked = asking.then(() => ask(request));
        asking = asked.catch(() => {});
        return asked;
      },
    }),
  };
}
