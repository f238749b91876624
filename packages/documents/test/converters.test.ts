/** Converters of the user's, pandoc, sources, and what bounds them. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { PolycallError } from "@polycall/core";
import { zipSync } from "fflate";
import { afterAll, expect, test, vi } from "vitest";
import {
  type Converter,
  DocumentError,
  type DocumentSource,
  defaultLimits,
  toMarkdown,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "documents-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const bytes = (text: string) => new TextEncoder().encode(text);

const shout: Converter = {
  name: "shout",
  mediaTypes: ["text/x-shout"],
  extensions: ["shout"],
  convert: async ({ bytes }) => ({
    markdown: new TextDecoder().decode(bytes).toUpperCase(),
    warnings: [],
  }),
};

test("a converter of one's own: by name, by type, within an archive, before ours", async () => {
  const converters = [shout];
  expect((await toMarkdown(bytes("a"), { name: "a.shout", converters })).markdown).toBe("A");
  expect((await toMarkdown(bytes("a"), { mediaType: "text/x-shout", converters })).markdown).toBe(
    "A",
  );
  const zip = zipSync({ "a.shout": bytes("a"), "b.txt": bytes("b") });
  expect((await toMarkdown(zip, { converters })).markdown).toBe(
    "## File: a.shout\n\nA\n\n## File: b.txt\n\nb\n",
  );
  const instead = { ...shout, mediaTypes: ["text/html"], extensions: [] };
  expect((await toMarkdown(bytes("<html>a"), { converters: [instead] })).markdown).toBe("<HTML>A");
});

test("a converter can hand on what it holds", async () => {
  const wrapper: Converter = {
    ...shout,
    async convert({ bytes }, { convert }) {
      const inner = await convert({ bytes: bytes.subarray(1), name: "x.csv" });
      return { ...inner, markdown: `wrapped\n\n${inner.markdown}` };
    },
  };
  const { markdown } = await toMarkdown(bytes("!a,b"), { name: "a.shout", converters: [wrapper] });
  expect(markdown).toBe("wrapped\n\n| a | b |\n| --- | --- |\n");
  // Even where a thread asked for it.
  const zip = zipSync({ "a.shout": bytes("!a,b") });
  expect((await toMarkdown(zip, { converters: [wrapper] })).markdown).toContain("| a | b |");
});

test("what a converter throws says where it was", async () => {
  const failing = {
    ...shout,
    convert: async () => {
      throw new TypeError("x is not iterable");
    },
  };
  const error = await toMarkdown(bytes("a"), { name: "in/a.shout", converters: [failing] }).catch(
    (error) => error,
  );
  expect(error).toBeInstanceOf(DocumentError);
  expect(error).toBeInstanceOf(PolycallError);
  expect(error).toMatchObject({
    name: "DocumentError",
    code: "damaged",
    file: "in/a.shout",
    message: "in/a.shout: The shout could not be read: x is not iterable",
    cause: expect.any(TypeError),
  });
});

test("paths, file URLs, blobs and buffers are the same", async () => {
  writeFileSync(at("a.csv"), "a,b\n1,2");
  const expected = await toMarkdown(at("a.csv"));
  expect(expected.markdown).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |\n");
  const content = bytes("a,b\n1,2");
  for (const source of [
    pathToFileURL(at("a.csv")),
    pathToFileURL(at("a.csv")).href,
    new File([content], "a.csv"),
    new Blob([content], { type: "text/csv" }),
  ])
    expect(await toMarkdown(source)).toEqual(expected);
  expect(await toMarkdown(content.buffer, { name: "a.csv" })).toEqual(expected);
});

test.each([
  ["there is none", () => at("none.txt"), "unreadable", /There is no such file/],
  ["a folder", () => folder, "unreadable", /It is no file/],
  ["a device", () => "/dev/zero", "unreadable", /It is no file/],
  [
    "a URL of a host that is not public",
    () => "http://127.0.0.1:80/a",
    "unreadable",
    /The host 127\.0\.0\.1 is not on the public internet/,
  ],
  [
    "a cloud's metadata",
    () => "http://169.254.169.254/",
    "unreadable",
    /not on the public internet/,
  ],
  ["another kind of URL", () => new URL("ftp://bees.example/a"), "unreadable", /ftp:/],
] as [string, () => DocumentSource, string, RegExp][])(
  "no source: %s",
  async (_, source, code, message) => {
    await expect(toMarkdown(source())).rejects.toMatchObject({
      name: "DocumentError",
      code,
      message: expect.stringMatching(message),
    });
  },
);

test("a page of the web: by its headers, its name, its last address", async () => {
  const answers: Record<string, () => Response> = {
    "https://bees.example/page": () =>
      new Response('<!doctype html><a href="x">é</a>', {
        headers: { "content-type": "text/html; charset=utf-8" },
      }),
    "https://bees.example/data": () =>
      new Response("a,b\n1,2", { headers: { "content-type": "text/csv" } }),
    "https://bees.example/latin": () =>
      new Response(Buffer.from("e9", "hex"), {
        headers: { "content-type": "text/plain; charset=iso-8859-1" },
      }),
    "https://bees.example/file": () =>
      new Response("x", { headers: { "content-disposition": 'attachment; filename="a.shout"' } }),
    "https://bees.example/named": () =>
      new Response("a,b\n1,2", {
        headers: {
          "content-type": "application/octet-stream",
          "content-disposition": "attachment; filename=x; filename*=UTF-8''na%C3%AFf.csv",
        },
      }),
    "https://bees.example/gone": () => new Response("no", { status: 404 }),
    "https://bees.example/endless": () =>
      new Response(
        new ReadableStream({
          pull: (c: ReadableStreamDefaultController) => c.enqueue(new Uint8Array(100_000)),
        }),
      ),
  };
  const fetch = (async (url: string) => answers[url]!()) as typeof globalThis.fetch;
  const get = async (path: string) =>
    (
      await toMarkdown(`https://bees.example/${path}`, {
        fetch,
        converters: [shout],
        limits: { maxBytes: 1_000_000 },
      })
    ).markdown;
  expect(await get("page")).toBe("[é](https://bees.example/x)\n");
  expect(await get("data")).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |\n");
  expect(await get("latin")).toBe("é");
  expect(await get("file")).toBe("X");
  expect(await get("named")).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |\n");
  await expect(get("gone")).rejects.toMatchObject({
    code: "unreadable",
    message: expect.stringContaining("404"),
  });
  await expect(get("endless")).rejects.toMatchObject({ code: "too_large" });
});

test("an error repeats no password of a URL", async () => {
  const error = await toMarkdown("https://maja:honey@bees.example/a").catch((error) => error);
  expect(error).toMatchObject({ code: "unreadable", file: "https://…@bees.example/a" });
  expect(String(error)).not.toMatch(/maja|honey/);
});

test("a limit is a number; one that is not given is the usual one", async () => {
  const text = Buffer.from("# A");
  for (const timeout of [Number.NaN, -1, "1" as never])
    await expect(toMarkdown(text, { limits: { timeout } })).rejects.toThrow("limits.timeout must");
  const large = new Uint8Array(defaultLimits.maxBytes + 1);
  const call = toMarkdown(large, { limits: { maxBytes: undefined } });
  await expect(call).rejects.toMatchObject({ code: "too_large" });
  const slow: Converter = {
    ...shout,
    convert: async (file, context) => {
      await delay(20);
      context.signal.throwIfAborted();
      return shout.convert(file, context);
    },
  };
  const patient = { name: "a.shout", converters: [slow], limits: { timeout: Infinity } };
  expect((await toMarkdown(text, patient)).markdown).toBe("# A");
});

test("a type that nobody reads is named", async () => {
  await expect(
    toMarkdown(Buffer.from("\x7fELF\x02\x01\x01", "latin1"), { name: "a.md" }),
  ).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("application/x-executable"),
  });
});

/** A pandoc that says how it was called. */
function fakePandoc(script: string): string {
  const bin = at(`bin-${Math.random()}`);
  mkdirSync(bin);
  writeFileSync(join(bin, "pandoc"), `#!${process.execPath}\n${script}`);
  chmodSync(join(bin, "pandoc"), 0o755);
  return bin;
}

test.skipIf(process.platform === "win32")(
  "pandoc gets what is left, in its sandbox, without keys or a shell",
  async () => {
    vi.stubEnv("OPENAI_API_KEY", "secret");
    const bin = fakePandoc(
      `let text = ""; process.stdin.on("data", (d) => text += d).on("end", () => console.log(JSON.stringify([process.argv.slice(2), text, process.env.OPENAI_API_KEY ?? null])));`,
    );
    vi.stubEnv("PATH", bin);
    const { markdown } = await toMarkdown(bytes("Bees\n====\n"), { name: "$(touch x); a.rst" });
    expect(JSON.parse(markdown)).toEqual([
      ["--sandbox", "--from", "rst", "--to", "gfm+tex_math_dollars", "--wrap", "none"],
      "Bees\n====\n",
      null,
    ]);
  },
);

test("without pandoc, the error names it", async () => {
  vi.stubEnv("PATH", folder);
  await expect(toMarkdown(bytes("{\\rtf1 Bees}"))).rejects.toMatchObject({
    code: "missing_converter",
    message: expect.stringMatching(/\(rtf\) is read by pandoc, which is not on the PATH/),
  });
});

test.skipIf(process.platform === "win32")("pandoc is ended when the time is up", async () => {
  const bin = fakePandoc(`setInterval(() => {}, 1000)`);
  vi.stubEnv("PATH", bin);
  const started = performance.now();
  await expect(
    toMarkdown(bytes("a"), { name: "a.rst", limits: { timeout: 300 } }),
  ).rejects.toMatchObject({ code: "timeout" });
  expect(performance.now() - started).toBeLessThan(5000);
});
