/** `polycall md FILE...`: documents as Markdown. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Markdown, ToMarkdownOptions } from "@polycall/documents";
import { command, json, number, UsageError, word } from "../command.ts";
import type { IO } from "../io.ts";
import { needed } from "../optional.ts";
import { processLive } from "../run/live.ts";
import { jsonLine, safe } from "../run/safe.ts";

export const md = command({
  usage: "FILE... [OPTION...]",
  help: "Documents as Markdown: pages, PDF, Word, PowerPoint, spreadsheets, EPUB, mails, notebooks, archives; - for standard input, an http(s) URL for a page. Where there are several, each begins with its name. Warnings go to standard error. One that cannot be read does not stop the rest. Exit code 1: one could not.",
  options: {
    out: {
      type: "string",
      value: "DIR",
      help: "writes FILE.md there for each, instead of printing",
    },
    main: { type: "boolean", help: "of web pages the main content alone" },
    tables: {
      type: "string",
      value: "KIND",
      help: "html keeps merged cells; markdown (the default)",
    },
    images: {
      type: "string",
      value: "KIND",
      help: "embed keeps pictures whole; reference (the default)",
    },
    describe: { type: "string", value: "MODEL", help: "the model that reads pictures and sounds" },
    timeout: { type: "string", value: "SECONDS", help: "for each document; 60" },
    json: { ...json, help: "a line of JSON for each document" },
  },
  async run({ values, positionals }, io) {
    if (positionals.length === 0) throw new UsageError("Name a document.");
    const { toMarkdown } = await needed(
      "@polycall/documents",
      "md",
      () => import("@polycall/documents"),
    );
    const seconds = number(values.timeout, "timeout");
    const options: ToMarkdownOptions = {
      content: values.main ? "main" : "all",
      tables: word(values.tables, "tables", ["markdown", "html"]) ?? "markdown",
      images: word(values.images, "images", ["reference", "embed"]) ?? "reference",
      ...(values.describe !== undefined && { describe: { model: values.describe } }),
      ...(seconds !== undefined && { limits: { timeout: seconds * 1000 } }),
      // Whoever types an address means it.
      fetch: globalThis.fetch,
    };
    if (values.out !== undefined) await mkdir(values.out, { recursive: true });
    const show = shown(io, {
      out: values.out,
      json: Boolean(values.json),
      several: positionals.length > 1,
    });
    let code = 0;
    for (const file of positionals) {
      try {
        const source = file === "-" ? await standardInput(io) : file;
        await show.read(file, await toMarkdown(source, options));
      } catch (error) {
        code = 1;
        show.failed(file, error as Error);
      }
    }
    return code;
  },
});

function standardInput({ live = processLive() }: IO): Promise<Buffer> {
  return buffer(live.input);
}

interface Show {
  read(file: string, document: Markdown): Promise<void>;
  failed(file: string, error: Error): void;
}

interface ShowOptions {
  out: string | undefined;
  json: boolean;
  several: boolean;
}

function shown(io: IO, { out, json, several }: ShowOptions): Show {
  const written = new Set<string>();
  // A terminal would obey what is written in a document.
  const print = (text: string) => io.out(io.width === undefined ? text : safe(text));
  return {
    async read(file, document) {
      if (json) io.out(jsonLine({ file, ...document }));
      else for (const warning of document.warnings) io.err(safe(`${file}: ${warning}`));
      if (out !== undefined) await write(file, document.markdown);
      else if (!json)
        print(`${several ? `<!-- ${file} -->\n\n` : ""}${document.markdown.trimEnd()}`);
    },
    failed(file, error) {
      const { name, message, code } = error as Error & { code?: string };
      if (json) io.out(jsonLine({ file, error: { name, code, message } }));
      const told = message.startsWith(file) ? message : `${file}: ${message}`;
      io.err(`polycall: ${safe(told)}`);
    },
  };

  /** `a/report.docx` as `DIR/report.docx.md`: another format of the same name is another file. */
  async function write(file: string, markdown: string): Promise<void> {
    const name = file === "-" ? "stdin" : basename(file.replace(/[?#].*$/, "")) || "index";
    const path = join(out!, `${name}.md`);
    if (written.has(path)) throw new Error(`${path} is written already, for another of this name.`);
    written.add(path);
    await writeFile(path, markdown);
  }
}
