/** `polycall models`: the catalogue in a terminal. */
import type { Command } from "../run.ts";
import { UsageError } from "../usage.ts";
import { lint } from "./models-lint.ts";
import { listModels } from "./models-list.ts";
import { compareModels, showModel } from "./models-show.ts";

export const help = `polycall models [options]            the models that fit, best first
  --provider NAME                    of this provider; may be given several times
  --needs LIST                       tools, structuredOutput, reasoning, text, image, audio, video, pdf
  --min-context TOKENS  --max-price DOLLARS    per million tokens, three read for one written
  --open  --kind chat|reasoning|hybrid|embedding  --sort price|newest|context|output
  --limit N                          default 40; 0 for all
polycall models show MODEL           all that is known of one
polycall models compare MODEL …      side by side
polycall models lint PATH …          model strings that will be off soon, or that nobody knows
  --days N                           how far ahead; default 60
  --deprecated-only                  leaves out those that the catalogue does not know
Each takes --json. Exit codes: 0, 1 for findings or a failure, 2 for a wrong command line.`;

const parts: Readonly<Record<string, Command>> = {
  list: listModels,
  show: showModel,
  compare: compareModels,
  lint,
};

export const command: Command = (args, output) => {
  const [part = "list", ...rest] = args;
  if (part.startsWith("-")) return listModels(args, output);
  if (!Object.hasOwn(parts, part)) {
    throw new UsageError(`There is no "polycall models ${part}": ${Object.keys(parts).join(", ")}`);
  }
  return parts[part]!(rest, output);
};
