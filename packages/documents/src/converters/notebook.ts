/** Jupyter notebooks: text cells as they are, code and what it printed as code blocks. */
import { decodeText } from "../charset.ts";
import type { Converter } from "../converter.ts";
import { damaged } from "../errors.ts";
import { fenced } from "../formats/fence.ts";

type Text = string | string[];

interface Output {
  output_type?: string;
  text?: Text;
  data?: Record<string, Text>;
  ename?: string;
  evalue?: string;
}

interface Notebook {
  metadata?: {
    title?: string;
    language_info?: { name?: string };
    kernelspec?: { language?: string };
  };
  cells?: { cell_type?: string; source?: Text; outputs?: Output[] }[];
}

export const convert: Converter["convert"] = async ({ bytes, charset }) => {
  const { text } = await decodeText(bytes, { charset });
  const { metadata, cells } = JSON.parse(text) as Notebook;
  if (!Array.isArray(cells)) throw damaged("The notebook has no cells.");
  const language = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? "python";
  const blocks = cells.flatMap(({ cell_type, source, outputs }) => {
    const content = joined(source);
    if (cell_type === "markdown") return [content.trim()];
    if (cell_type !== "code") return [fenced(content, "").trimEnd()];
    if (!content.trim()) return [];
    const printed = (Array.isArray(outputs) ? outputs : []).map(outputOf).filter(Boolean);
    return [fenced(content, language).trimEnd(), ...printed];
  });
  const markdown = blocks.filter(Boolean).join("\n\n");
  const title = metadata?.title ?? /^#\s+(.+)$/m.exec(markdown)?.[1];
  return {
    markdown: markdown && `${markdown}\n`,
    ...(title && { title }),
    metadata: { language },
    warnings: [],
  };
};

function outputOf({ text, data, ename, evalue }: Output): string {
  if (data?.["text/markdown"]) return joined(data["text/markdown"]).trim();
  const plain = joined(text ?? data?.["text/plain"]) || [ename, evalue].filter(Boolean).join(": ");
  // Colours of a terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the escape character
  return plain.trim() ? fenced(plain.replace(/\u001b\[[\d;]*m/g, ""), "text").trimEnd() : "";
}

function joined(text: Text | undefined): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}
