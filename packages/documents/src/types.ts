/** The media types that are told from bytes, or from a name where the bytes do not tell. */
import { Budget } from "./budget.ts";
import { certainly } from "./charset.ts";
import { DocumentError } from "./errors.ts";
import { topLevelNames } from "./formats/cfb.ts";
import { openZip } from "./formats/zip.ts";

const office = "application/vnd.openxmlformats-officedocument";
export const docx = `${office}.wordprocessingml.document`;
export const pptx = `${office}.presentationml.presentation`;
export const xlsx = `${office}.spreadsheetml.sheet`;

export interface Told {
  mediaType: string;
  /** The bytes leave it open what is in them: a name may say more. */
  vague: boolean;
}

/** Bytes at a file's start. `?` is any byte. A row is enough for a type of which nothing else is to be known. */
const magic: readonly [mediaType: string, start: string, at?: number][] = [
  ["application/pdf", "%PDF-"],
  ["application/rtf", "{\\rtf"],
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF8"],
  ["image/webp", "RIFF????WEBP"],
  ["image/bmp", "BM??????\0\0\0\0"],
  ["image/tiff", "II*\0"],
  ["image/tiff", "MM\0*"],
  ["image/avif", "ftypavif", 4],
  ["image/heic", "ftypheic", 4],
  ["image/heic", "ftypmif1", 4],
  ["audio/wav", "RIFF????WAVE"],
  ["audio/mpeg", "ID3"],
  ["audio/mpeg", "\xff\xfb"],
  ["audio/mpeg", "\xff\xf3"],
  ["audio/mpeg", "\xff\xf2"],
  ["audio/flac", "fLaC"],
  ["audio/ogg", "OggS"],
  ["audio/mp4", "ftypM4A", 4],
  ["video/mp4", "ftyp", 4],
  ["video/webm", "\x1aE\xdf\xa3"],
  ["application/gzip", "\x1f\x8b"],
  ["application/x-bzip2", "BZh"],
  ["application/x-xz", "\xfd7zXZ\0"],
  ["application/zstd", "\x28\xb5\x2f\xfd"],
  ["application/x-7z-compressed", "7z\xbc\xaf\x27\x1c"],
  ["application/vnd.rar", "Rar!\x1a\x07"],
  ["application/x-tar", "ustar", 257],
  ["application/vnd.sqlite3", "SQLite format 3\0"],
  ["application/x-executable", "\x7fELF"],
  ["application/x-msdownload", "MZ"],
  ["application/wasm", "\0asm"],
];

const compound: readonly [mediaType: string, ...names: string[]][] = [
  ["application/vnd.ms-outlook", "__properties_version1.0"],
  ["application/vnd.ms-excel", "Workbook", "Book"],
  ["application/msword", "WordDocument"],
  ["application/vnd.ms-powerpoint", "PowerPoint Document"],
];

/**
 * Tells a file's type from its bytes.
 * @throws DocumentError `encrypted` for an Office file with a password
 */
export function sniff(bytes: Uint8Array): Told {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 4096));
  if (["PK\x03\x04", "PK\x05\x06"].includes(latin1(bytes, 0, 4))) return inZip(bytes);
  if (latin1(bytes, 0, 8) === "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") return inCompound(bytes);
  for (const [mediaType, mark, at = 0] of magic) {
    if (startsWith(latin1(bytes, at, mark.length), mark)) return { mediaType, vague: false };
  }
  // Some producers put a few bytes before it.
  if (latin1(bytes, 0, 1024).includes("%PDF-"))
    return { mediaType: "application/pdf", vague: false };
  const encoding = certainly(bytes);
  const text = encoding ? new TextDecoder(encoding).decode(bytes.subarray(0, 4096)) : start;
  if (isBinary(text)) return { mediaType: "application/octet-stream", vague: true };
  return inText(text.trimStart());
}

/** Each byte as one character; TextDecoder's "latin1" is windows-1252, which is something else. */
function latin1(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

function startsWith(text: string, mark: string): boolean {
  if (text.length < mark.length) return false;
  for (let at = 0; at < mark.length; at++) {
    if (mark[at] !== "?" && mark[at] !== text[at]) return false;
  }
  return true;
}

function inZip(bytes: Uint8Array): Told {
  const unbounded = new Budget({ maxUnpackedBytes: 10_000, maxParts: 1_000_000 });
  let names: ReturnType<typeof openZip>;
  try {
    names = openZip(bytes, unbounded);
  } catch {
    return { mediaType: "application/zip", vague: true };
  }
  if (names.has("[Content_Types].xml")) {
    if (names.has("word/document.xml")) return { mediaType: docx, vague: false };
    if (names.has("ppt/presentation.xml")) return { mediaType: pptx, vague: false };
    if (names.has("xl/workbook.xml") || names.has("xl/workbook.bin"))
      return { mediaType: xlsx, vague: false };
  }
  if (names.has("mimetype")) {
    try {
      const mediaType = names.text("mimetype").trim();
      if (/^[\w.+-]+\/[\w.+-]+$/.test(mediaType)) return { mediaType, vague: false };
    } catch {}
  }
  return { mediaType: "application/zip", vague: true };
}

function inCompound(bytes: Uint8Array): Told {
  const names = topLevelNames(bytes);
  if (names.includes("EncryptedPackage"))
    throw new DocumentError("It is an Office file with a password. Save it without one.", {
      code: "encrypted",
    });
  const found = compound.find(([, ...marks]) => marks.some((mark) => names.includes(mark)));
  return found
    ? { mediaType: found[0], vague: false }
    : { mediaType: "application/x-cfb", vague: true };
}

/** A text has no zeros, and hardly another character that controls a terminal. */
function isBinary(text: string): boolean {
  let controls = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0) return true;
    if (code < 9 || (code > 13 && code < 32 && code !== 27)) controls++;
  }
  return controls > text.length * 0.02;
}

/** The header lines that mail begins with. */
const mail =
  /^(?:from|to|cc|date|subject|received|return-path|reply-to|delivered-to|message-id|mime-version|content-type|dkim-signature|x-[\w-]+):/i;

function inText(text: string): Told {
  const sure = (mediaType: string): Told => ({ mediaType, vague: false });
  if (/^<!doctype\s+html|^<html[\s>]/i.test(text)) return sure("text/html");
  if (/^<(?:\?xml|!--|!doctype|rss|feed|rdf:rdf)/i.test(text)) {
    const root = /<([a-z][\w:.-]*)/i.exec(text.replace(/<!--[\s\S]*?-->/g, ""))?.[1]?.toLowerCase();
    if (root === "rss" || root === "rdf:rdf") return sure("application/rss+xml");
    if (root === "feed") return sure("application/atom+xml");
    if (root === "html") return sure("text/html");
    if (text.startsWith("<?xml")) return { mediaType: "application/xml", vague: true };
    return { mediaType: "text/plain", vague: true };
  }
  if (/^\{[\s\S]*"(?:nbformat|cell_type)"\s*:/.test(text)) return sure("application/x-ipynb+json");
  const [first = "", second = ""] = text.split(/\r?\n(?![ \t])/, 2);
  if (
    mail.test(first) &&
    (mail.test(second) || /^[\w-]+:/.test(second)) &&
    /^received|^return-path|^mime-version|^from|^message-id|^delivered-to/im.test(text)
  )
    return { mediaType: "message/rfc822", vague: true };
  if (/^[{[]/.test(text)) return { mediaType: "application/json", vague: true };
  return { mediaType: "text/plain", vague: true };
}
