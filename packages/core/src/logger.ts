/** Where polycall says what it does: a logger with a level, and warnings said once. */
import type { Change } from "./types/completion.ts";

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export const logLevels = ["debug", "info", "warn", "error", "off"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Whether a text names a level; for values from the environment. */
export function isLogLevel(text: string | undefined): text is LogLevel {
  return logLevels.includes(text as LogLevel);
}

const silent = () => {};

/** A client's logger: a message that takes work to make is made only where it is heard. */
export interface CallLogger extends Logger {
  debug: (message: string | (() => string)) => void;
}

/** A logger that passes on what is at least `level`. Messages start with "polycall:". */
export function leveledLogger(target: Logger, level: LogLevel): CallLogger {
  const from = logLevels.indexOf(level);
  const at = (name: Exclude<LogLevel, "off">) =>
    logLevels.indexOf(name) < from
      ? silent
      : (message: string | (() => string)) =>
          target[name](`polycall: ${typeof message === "string" ? message : message()}`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What takes something away from the request is a warning; another way to say it is only news. */
const levelOf: Record<Change["action"], "info" | "warn"> = {
  clamped: "warn",
  dropped: "warn",
  repaired: "warn",
  deprecated: "warn",
  converted: "info",
  emulated: "info",
  renamed: "info",
};

/** Says each change once per model and parameter, whatever the number of calls. */
export class OnceLogger {
  readonly #said = new Set<string>();

  say(logger: Logger, model: string, changes: readonly Change[], level?: "warn"): void {
    for (const { param, action, reason } of changes) {
      const key = `${model}\n${param.replaceAll(/\d+/g, "")}\n${action}`;
      if (this.#said.has(key)) continue;
      if (this.#said.size < 10_000) this.#said.add(key);
      logger[level ?? levelOf[action]](`${model}: ${param} ${action}: ${reason}`);
    }
  }
}
