/** The public surface of an entry of a packed package, as @microsoft/api-extractor reports it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

/**
 * The report of one entry, in Markdown.
 * @param folder of the installed package
 * @param types the entry's types, relative to it
 * @throws Error with what api-extractor could not read
 */
export function apiReport(folder: string, types: string): string {
  const out = mkdtempSync(join(tmpdir(), "api-"));
  try {
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: join(folder, types),
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: "es2024",
              module: "nodenext",
              moduleResolution: "nodenext",
              lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
              strict: true,
              skipLibCheck: true,
              types: ["node"],
            },
            files: [join(folder, types)],
          },
        },
        apiReport: {
          enabled: true,
          reportFileName: "report.api.md",
          reportFolder: out,
          reportTempFolder: out,
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        newlineKind: "lf",
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
          extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, "package.json"),
    });
    const errors: string[] = [];
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback(message) {
        if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text);
        message.handled = true;
      },
    });
    if (errors.length) throw new Error(errors.join("\n"));
    const report = readFileSync(join(out, "report.api.md"), "utf8");
    // A shared chunk of types is named by its content: the name would change with each comment.
    return report.replace(/(from '\.\/[\w-]+?)\.d-[\w-]{8}\.js'/g, "$1.js'");
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
