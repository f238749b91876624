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
  return { markdown, warnings: [] };
};

function run(format: string, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  const { PATH, SYSTEMROOT } = process.env;
  const env: { [name: string]: string | undefined } = { PATH, SYSTEMROOT };
  const args = ["--sandbox", "--from", format, "--to", "gfm", "--wrap", "none"];
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
