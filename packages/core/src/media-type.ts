/** The media type of a file, by its first bytes or its name. Source: IANA, and the formats' own magic numbers. */
import { headOfBase64 } from "./base64.ts";

/** Bytes at an offset, written as Latin-1. All rows of a type must fit; the first type that fits wins. */
const magic: readonly (readonly [type: string, ...marks: readonly [at: number, text: string][]])[] =
  [
    ["image/png", [0, "\x89PNG\r\n\x1a\n"]],
    ["image/jpeg", [0, "\xff\xd8\xff"]],
    ["image/gif", [0, "GIF8"]],
    ["image/webp", [0, "RIFF"], [8, "WEBP"]],
    ["audio/wav", [0, "RIFF"], [8, "WAVE"]],
    ["image/avif", [4, "ftypavif"]],
    ["image/heic", [4, "ftyphei"]],
    ["image/heic", [4, "ftyphev"]],
    ["image/heif", [4, "ftypmif1"]],
    ["audio/mp4", [4, "ftypM4A"]],
    ["video/quicktime", [4, "ftypqt"]],
    ["video/mp4", [4, "ftyp"]],
    ["image/bmp", [0, "BM"], [6, "\0\0\0\0"]],
    ["image/tiff", [0, "II*\0"]],
    ["image/tiff", [0, "MM\0*"]],
    ["application/pdf", [0, "%PDF-"]],
    ["audio/mpeg", [0, "ID3"]],
    ["audio/aac", [0, "\xff\xf1"]],
    ["audio/aac", [0, "\xff\xf9"]],
    ["audio/mpeg", [0, "\xff\xfb"]],
    ["audio/mpeg", [0, "\xff\xfa"]],
    ["audio/mpeg", [0, "\xff\xf3"]],
    ["audio/mpeg", [0, "\xff\xf2"]],
    ["audio/ogg", [0, "OggS"]],
    ["audio/flac", [0, "fLaC"]],
    ["video/webm", [0, "\x1a\x45\xdf\xa3"]],
  ];

const byExtension: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  heic: "image/heic",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  wav: "audio/wav",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  ogg: "audio/ogg",
  flac: "audio/flac",
  aac: "audio/aac",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  htm: "text/html",
  xml: "text/xml",
  json: "application/json",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/**
 * What the bytes are; else what the file's name says.
 * @param data bytes, or base64 of which only the head is read
 * @returns undefined when neither tells
 */
export function mediaTypeOf(data: Uint8Array | string, filename?: string): string | undefined {
  const head = typeof data === "string" ? headOfBase64(data, 24) : data;
  if (head) {
    for (const [type, ...marks] of magic) {
      if (marks.every(([at, text]) => startsAt(head, at, text))) return type;
    }
  }
  const extension = filename?.match(/\.([^./\\]+)$/)?.[1]?.toLowerCase();
  return extension && Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
}

function startsAt(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
