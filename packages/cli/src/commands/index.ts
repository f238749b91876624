/** The commands by name: each is loaded, with the package behind it, when it is called. */
import type { Command } from "../command.ts";

export type Commands = Readonly<
  Record<string, { help: string } & ({ load: () => Promise<Command> } | { commands: Commands })>
>;

/** A new command is a row here and a file beside this one. The name "" is what a group does by itself. */
export const commands: Commands = {
  models: {
    help: "what models there are, what they can do and cost",
    commands: {
      "": {
        help: "a table of those that fit",
        load: async () => (await import("./models/list.ts")).list,
      },
      show: {
        help: "all that is known of one",
        load: async () => (await import("./models/show.ts")).show,
      },
      compare: {
        help: "some, side by side",
        load: async () => (await import("./models/compare.ts")).compare,
      },
      lint: {
        help: "finds model strings in source files that are off soon, or unknown",
        load: async () => (await import("./models/lint.ts")).lint,
      },
      update: {
        help: "fetches the newest catalogue",
        load: async () => (await import("./models/update.ts")).update,
      },
    },
  },
  eval: {
    help: "how good answers are",
    commands: {
      rag: {
        help: "asks a knowledge base a test set, judges its answers, writes a report",
        load: async () => (await import("./eval/rag.ts")).rag,
      },
    },
  },
  md: {
    help: "documents as Markdown",
    load: async () => (await import("./md.ts")).md,
  },
  run: {
    help: "runs an agent of yours, live in the terminal",
    load: async () => (await import("./run.ts")).run,
  },
  swap: {
    help: "what is lost, what changes and what it costs, when another model takes over",
    load: async () => (await import("./swap.ts")).swap,
  },
};
