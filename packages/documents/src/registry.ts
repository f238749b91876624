/** Which converter reads what: each is loaded, with the libraries behind it, when a file needs it. */
import type { Converter } from "./converter.ts";
import { pandocFormats } from "./pandoc-formats.ts";
import { docx, pptx, xlsx } from "./types.ts";

/** What is known of a converter before it is loaded. */
export interface Row extends Omit<Converter, "convert"> {
  load(): Promise<Pick<Converter, "convert">>;
  /** Reads in time and memory that its size bounds, or only waits: it needs no thread. */
  here?: true;
}

/** A new converter is a row here and a file in `converters`. */
export const rows: readonly Row[] = [
  {
    name: "text",
    mediaTypes: ["text/plain", "text/markdown", "text/x-markdown"],
    extensions: ["txt", "text", "md", "markdown", "mdx", "log"],
    load: () => import("./converters/text.ts"),
    here: true,
  },
  {
    name: "web page",
    mediaTypes: ["text/html", "application/xhtml+xml"],
    extensions: ["html", "htm", "xhtml"],
    load: () => import("./converters/html.ts"),
  },
  {
    name: "CSV table",
    mediaTypes: ["text/csv", "application/csv", "text/tab-separated-values"],
    extensions: ["csv", "tsv", "tab"],
    load: () => import("./converters/csv.ts"),
  },
  {
    name: "JSON",
    mediaTypes: ["application/json", "application/x-ndjson", "application/jsonl"],
    extensions: ["json", "jsonl", "ndjson", "geojson"],
    load: () => import("./converters/json.ts"),
  },
  {
    name: "XML",
    mediaTypes: ["application/xml", "text/xml"],
    extensions: ["xml"],
    load: () => import("./converters/xml.ts"),
  },
  {
    name: "feed",
    mediaTypes: ["application/rss+xml", "application/atom+xml"],
    extensions: ["rss", "atom"],
    load: () => import("./converters/feed.ts"),
  },
  {
    name: "notebook",
    mediaTypes: ["application/x-ipynb+json"],
    extensions: ["ipynb"],
    load: () => import("./converters/notebook.ts"),
  },
  {
    name: "zip archive",
    mediaTypes: ["application/zip", "application/x-zip-compressed"],
    extensions: ["zip"],
    load: () => import("./converters/zip.ts"),
  },
  {
    name: "EPUB book",
    mediaTypes: ["application/epub+zip"],
    extensions: ["epub"],
    load: () => import("./converters/epub.ts"),
  },
  {
    name: "PDF",
    mediaTypes: ["application/pdf", "application/x-pdf"],
    extensions: ["pdf"],
    load: () => import("./converters/pdf.ts"),
  },
  {
    name: "Word document",
    mediaTypes: [docx],
    extensions: ["docx", "docm", "dotx"],
    load: () => import("./converters/docx.ts"),
  },
  {
    name: "PowerPoint presentation",
    mediaTypes: [pptx],
    extensions: ["pptx", "pptm", "ppsx", "potx"],
    load: () => import("./converters/pptx.ts"),
  },
  {
    name: "spreadsheet",
    mediaTypes: [
      xlsx,
      "application/vnd.ms-excel",
      "application/vnd.oasis.opendocument.spreadsheet",
    ],
    extensions: ["xlsx", "xlsm", "xlsb", "xltx", "xls", "ods"],
    load: () => import("./converters/xlsx.ts"),
  },
  {
    name: "mail",
    mediaTypes: ["message/rfc822"],
    extensions: ["eml"],
    load: () => import("./converters/eml.ts"),
  },
  {
    name: "Outlook message",
    mediaTypes: ["application/vnd.ms-outlook"],
    extensions: ["msg"],
    load: () => import("./converters/msg.ts"),
  },
  {
    name: "picture",
    mediaTypes: ["image/*"],
    extensions: ["png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "avif", "heic"],
    load: () => import("./converters/media.ts"),
    here: true,
  },
  {
    name: "recording",
    mediaTypes: ["audio/*"],
    extensions: ["wav", "mp3", "m4a", "ogg", "flac"],
    load: () => import("./converters/media.ts"),
    here: true,
  },
  {
    name: "document for pandoc",
    mediaTypes: pandocFormats.map(([mediaType]) => mediaType),
    extensions: pandocFormats.flatMap(([, extensions]) => extensions),
    load: () => import("./converters/pandoc.ts"),
    here: true,
  },
];

/** One of some converters by a type, or by the end of a name. */
export function find<R extends Pick<Converter, "mediaTypes" | "extensions">>(
  among: readonly R[],
  by: { mediaType: string } | { extension: string },
): R | undefined {
  if ("extension" in by) return among.find(({ extensions }) => extensions.includes(by.extension));
  const { mediaType } = by;
  const family = `${mediaType.split("/")[0]}/*`;
  return among.find(
    ({ mediaTypes }) => mediaTypes.includes(mediaType) || mediaTypes.includes(family),
  );
}

export function extensionOf(name: string | undefined): string {
  return /\.([a-z\d]{1,16})$/i.exec(name ?? "")?.[1]?.toLowerCase() ?? "";
}
