/** Parts from bytes and URLs; data URLs; media types by magic numbers (written here by hand). */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  audioPart,
  filePart,
  InvalidRequestError,
  imagePart,
  mediaTypeOf,
  parseDataUrl,
} from "../src/index.ts";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const png = bytes("\x89PNG\r\n\x1a\n0000");

describe("mediaTypeOf", () => {
  test.each([
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["GIF89a", "image/gif"],
    ["RIFF\x10\0\0\0WEBPVP8 ", "image/webp"],
    ["RIFF\x10\0\0\0WAVEfmt ", "audio/wav"],
    ["\0\0\0\x1cftypavif", "image/avif"],
    ["\0\0\0\x18ftypheic", "image/heic"],
    ["\0\0\0\x20ftypisom", "video/mp4"],
    ["\0\0\0\x20ftypM4A ", "audio/mp4"],
    ["%PDF-1.7", "application/pdf"],
    ["ID3\x04", "audio/mpeg"],
    ["\xff\xfb\x90", "audio/mpeg"],
    ["\xff\xf1\x50", "audio/aac"],
    ["OggS\0", "audio/ogg"],
    ["fLaC\0", "audio/flac"],
    ["\x1a\x45\xdf\xa3", "video/webm"],
    ["Hello", undefined],
    ["", undefined],
    ["RIFF", undefined],
  ])("%j is %s, as bytes and as base64", (head, type) => {
    expect(mediaTypeOf(bytes(head))).toBe(type);
    expect(mediaTypeOf(btoa(head))).toBe(type);
  });

  test.each([
    ["notes.MD", "text/markdown"],
    ["a.b/c", undefined],
    ["dir.pdf/file", undefined],
    ["x.constructor", undefined],
    ["x.zzz", undefined],
  ])("the name %s says %s when the bytes say nothing", (name, type) => {
    expect(mediaTypeOf(bytes("Hello"), name)).toBe(type);
  });

  test("the bytes win over the name, and what is not base64 is no type", () => {
    expect(mediaTypeOf(png, "photo.jpg")).toBe("image/png");
    expect(mediaTypeOf("%%%not base64%%%")).toBeUndefined();
  });
});

describe("imagePart", () => {
  test.each<[string, Parameters<typeof imagePart>, unknown]>([
    ["a URL", ["https://x.test/a.png"], { url: "https://x.test/a.png" }],
    ["a URL object", [new URL("https://x.test/a.png")], { url: "https://x.test/a.png" }],
    ["a data URL", ["data:image/png;base64,AA=="], { url: "data:image/png;base64,AA==" }],
    ["bytes", [png], { url: "data:image/png;base64,iVBORw0KGgowMDAw" }],
    ["an ArrayBuffer", [png.slice().buffer], { url: "data:image/png;base64,iVBORw0KGgowMDAw" }],
    ["a detail", ["https://x.test/", { detail: "low" }], { url: "https://x.test/", detail: "low" }],
    [
      "bytes of a type that is given",
      [bytes("??"), { mediaType: "image/x-new" }],
      { url: "data:image/x-new;base64,Pz8=" },
    ],
  ])("%s", (_, args, image_url) => {
    expect(imagePart(...args)).toEqual({ type: "image_url", image_url });
  });

  test("keeps a cache mark", () => {
    const part = imagePart("https://x.test/", { cache_control: { type: "ephemeral" } });
    expect(part.cache_control).toEqual({ type: "ephemeral" });
  });

  test.each<[string, unknown, RegExp]>([
    ["a path", "./cat.png", /"\.\/cat\.png" is neither .* readFile/],
    ["a file URL", "file:///cat.png", /neither an http/],
    ["a PDF", bytes("%PDF-1.7"), /application\/pdf, not an image.*filePart/],
    ["text", bytes("Hello"), /no known type.*mediaType/],
    ["nothing", new Uint8Array(), /no bytes/],
    ["null", null, /got null/],
    ["a number", 7, /got number/],
  ])("refuses %s", (_, source, message) => {
    expect(() => imagePart(source as string)).toThrow(InvalidRequestError);
    expect(() => imagePart(source as string)).toThrow(message);
  });
});

describe("audioPart and filePart", () => {
  test("audio by its bytes, or by the format that is given", () => {
    expect(audioPart(bytes("RIFF\x10\0\0\0WAVE")).input_audio.format).toBe("wav");
    expect(audioPart(bytes("ID3"))).toEqual({
      type: "input_audio",
      input_audio: { data: "SUQz", format: "mp3" },
    });
    expect(audioPart(bytes("?"), { format: "mp3" }).input_audio).toEqual({
      data: "Pw==",
      format: "mp3",
    });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["ogg audio", () => audioPart(bytes("OggS")), /audio\/ogg; send WAV or MP3/],
    ["a string of audio", () => audioPart("SUQz" as never), /got string/],
    ["a file without a name", () => filePart(bytes("a"), {} as never), /filename/],
    ["a file without options", () => filePart(bytes("a"), undefined as never), /filename/],
    ["a file of no known type", () => filePart(bytes("a"), { filename: "a" }), /mediaType/],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(InvalidRequestError);
    expect(make).toThrow(message);
  });

  test("a file by its bytes or its name", () => {
    expect(filePart(bytes("%PDF-"), { filename: "a.bin" })).toEqual({
      type: "file",
      file: { file_data: "data:application/pdf;base64,JVBERi0=", filename: "a.bin" },
    });
    expect(filePart(bytes("a"), { filename: "a.txt" }).file.file_data).toBe(
      "data:text/plain;base64,YQ==",
    );
  });
});

describe("parseDataUrl", () => {
  test.each([
    ["data:image/png;base64,AAEC", { mediaType: "image/png", data: "AAEC" }],
    ["DATA:Image/PNG;Base64,AAEC", { mediaType: "image/png", data: "AAEC" }],
    ["data:text/plain;charset=utf-8;base64,YQ==", { mediaType: "text/plain", data: "YQ==" }],
    ["data:image/png;base64,YQ%3D%3D", { mediaType: "image/png", data: "YQ==" }],
    ["data:,a%20b", { mediaType: "text/plain", data: "YSBi" }],
    ["data:x/y,%FF%zz", { mediaType: "x/y", data: btoa("\xff%zz") }],
    ["data:text/plain,é", { mediaType: "text/plain", data: "w6k=" }],
    ["data:image/png;base64", undefined],
    ["https://x.test/data:,", undefined],
    ["", undefined],
  ])("%s", (url, parts) => {
    expect(parseDataUrl(url)).toEqual(parts);
  });
});

describe("base64", () => {
  const encoded = (data: Uint8Array) =>
    parseDataUrl(filePart(data, { filename: "a.txt", mediaType: "x/y" }).file.file_data!)?.data;

  test("of any bytes is what Node makes of them, with Buffer and without", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (data) => {
        expect(encoded(data)).toBe(Buffer.from(data).toString("base64"));
      }),
    );
    const long = Uint8Array.from({ length: 100_001 }, (_, i) => (i * 31) % 256);
    const expected = Buffer.from(long).toString("base64");
    expect(encoded(long)).toBe(expected);
    vi.stubGlobal("Buffer", undefined);
    const portable = encoded(long);
    vi.unstubAllGlobals();
    expect(portable).toBe(expected);
  });

  test("of a view is of its window only", () => {
    const view = bytes("xxabcxx").subarray(2, 5);
    expect(encoded(view)).toBe(btoa("abc"));
    expect(encoded(new DataView(view.buffer, 2, 3) as never)).toBe(btoa("abc"));
  });

  test("20 MB go in and come out", () => {
    const data = new Uint8Array(20_000_000).fill(65);
    const { url } = imagePart(data, { mediaType: "image/png" }).image_url;
    expect(parseDataUrl(url)?.data.length).toBe(Math.ceil(20_000_000 / 3) * 4);
  });
});
