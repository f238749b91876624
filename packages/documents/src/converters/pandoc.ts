/** Formats that pandoc reads, where it is installed: run without a shell, in its sandbox, with a limit. */
import { execFile } from "node:child_process";
import type { Converter } from "../converter.ts";
import { DocumentError, damaged } from "../errors.ts";
import { openZip } from "../formats/zip.ts";
import { pandocFormats } from "../pandoc-formats.ts";

/** Beyond what is unpacked, in bytes of Markdown. */
const maxOutput = 200_000_000;

export const convert: Converter["convert"] = async ({ bytes, mediaType }, context) => {
  const [, , format] = pandocFormats.find(([type]) => type === mediaType)!;
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    // pandoc knows no bounds: what unpacks to too much does not reach it.
    const zip = openZip(bytes, context);
    for (const name of zip.names) zip.read(name);
  }
  const markdown = await run(format, bytes, context.signal);
  return { markdown: withoutDivs(markdown), warnings: [] };
};

const bibliographies = new Set(["bibtex", "ris"]);

function run(format: string, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  const { PATH, SYSTEMROOT } = process.env;
  const env: { [name: string]: string | undefined } = { PATH, SYSTEMROOT };
  const args = ["--sandbox", "--from", format, "--to", "gfm+tex_math_dollars", "--wrap", "none"];
  // Else a bibliography has no text at all.
  if (bibliographies.has(format)) args.push("--citeproc");
  return new Promise((resolve, reject) => {
    const child = execFile(
      "pandoc",
      args,
      {
        ...{ signal, killSignal: "SIGKILL", maxBuffer: maxOutput, windowsHide: true },
        env: env as NodeJS.ProcessEnv,
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return reject(missing(format));
        if (signal.aborted) return reject(signal.reason);
        if (stderr.includes("Unknown input format")) return reject(tooOld(format));
        reject(
          damaged(
            `pandoc could not read it as ${format}: ${stderr.trim() || error.message}`,
            error,
          ),
        );
      },
    );
    // It may end before it has read all.
    child.stdin?.on("error", () => {});
    child.stdin?.end(bytes);
  });
}

function missing(format: string): DocumentError {
  return new DocumentError(
    `Its format (${format}) is read by pandoc, which is not on the PATH: install it from https://pandoc.org, or give a converter of your own in \`converters\`.`,
    { code: "missing_converter" },
  );
}

function tooOld(format: string): DocumentError {
  return new DocumentError(
    `Its format (${format}) is not known to the pandoc that is on the PATH: install a newer one from https://pandoc.org, or give a converter of your own in \`converters\`.`,
    { code: "missing_converter" },
  );
}

/** pandoc's sections are divs, which mean nothing in Markdown. What stands in code stays. */
function withoutDivs(markdown: string): string {
  let fence = "";
  const lines = markdown.split("\n").filter((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (!fence) fence = mark;
    else if (mark.startsWith(fence) && line.trim() === mark) fence = "";
    return fence !== "" || !/^<div\b[^>]*>$|^<\/div>$/.test(line);
  });
  return lines.join("\n").replace(/^\n+/, "");
}
