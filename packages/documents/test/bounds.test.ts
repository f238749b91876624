/** Files made to do harm: a typed error, soon, in little memory, and nothing else is touched. */
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { DocumentError, toMarkdown } from "../src/index.ts";
import { docx, packed, paragraph, pptx, relationships, shape } from "./support/office.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

interface Entry {
  name: string;
  packed: Uint8Array;
  size: number;
  crc: number;
  method?: number;
  flags?: number;
  /** Where its local header is, if not its own. */
  at?: number;
}

/** A zip whose directory says what it is told to. */
function forged(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let place = 0;
  for (const { name, packed, size, crc, method = 8, flags = 0, at } of entries) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc, 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(name.length, 22);
    const head = Buffer.alloc(46);
    head.write("PK\x01\x02", "latin1");
    head.writeUInt16LE(20, 4);
    fields.copy(head, 6);
    head.writeUInt32LE(at ?? place, 42);
    directory.push(head, Buffer.from(name));
    if (at !== undefined) continue;
    const local = Buffer.concat([
      Buffer.from("PK\x03\x04", "latin1"),
      fields,
      Buffer.from(name),
      packed,
    ]);
    files.push(local);
    place += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(place, 16);
  return Buffer.concat([...files, listed, end]);
}

const letters = Buffer.alloc(2_000_000, "a");
const bomb = { packed: deflateRawSync(letters), size: letters.length, crc: crc32(letters) };

/** The code that it ends in, and how long that took. */
async function outcome(source: Uint8Array, options: Parameters<typeof toMarkdown>[1] = {}) {
  const error = await toMarkdown(source, options).then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(DocumentError);
  return (error as DocumentError).code;
}

describe("archives", () => {
  test("one part that unpacks to too much", async () => {
    const zip = forged([{ name: "a.txt", ...bomb }]);
    expect(await outcome(zip, { limits: { maxUnpackedBytes: 1_999_999 } })).toBe("too_large");
  });

  test("many that do together, and as many in archives within it", async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ name: `${at}.txt`, ...bomb }));
    expect(await outcome(forged(many), { limits: { maxUnpackedBytes: 5_000_000 } })).toBe(
      "too_large",
    );
    const inner = zipSync({ "a.txt": strToU8("a".repeat(1000)) });
    const outer = zipSync(Object.fromEntries([0, 1, 2, 3].map((at) => [`${at}.zip`, inner])));
    // Each inner one is packed as its own bytes, and unpacks to 1000 more.
    const limits = { maxUnpackedBytes: 4 * inner.length + 3500 };
    expect(await outcome(outer, { limits })).toBe("too_large");
    expect(
      (await toMarkdown(outer, { limits: { maxUnpackedBytes: 4 * inner.length + 4000 } })).warnings,
    ).toEqual([]);
  });

  test("parts that are the same bytes", async () => {
    const first = { name: "a.txt", ...bomb };
    expect(await outcome(forged([first, { ...first, name: "b.txt", at: 0 }]))).toBe("damaged");
  });

  test.each([
    ["less than it unpacks to", { size: 1000 }, /does not unpack to the size/],
    ["more than it unpacks to", { size: bomb.size + 1 }, /is not what the directory says/],
    ["another checksum", { crc: 1 }, /is not what the directory says/],
    ["another method", { method: 12 }, /method 12/],
  ])("a part of which the directory says: %s", async (_, lie, told) => {
    const zip = forged([{ name: "a.txt", ...bomb, ...lie }]);
    const { markdown, warnings } = await toMarkdown(zip);
    expect(markdown.length).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/^a\.txt was left out: /)]);
    expect(warnings[0]).toMatch(told);
  });

  test("more parts than allowed, more levels than allowed", async () => {
    const parts = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`${at}.txt`, bytes("a")]),
    );
    expect(await outcome(zipSync(parts), { limits: { maxParts: 29 } })).toBe("too_large");
    let nested: Uint8Array = bytes("a");
    for (let at = 0; at < 5; at++) nested = zipSync({ [at ? "a.zip" : "a.txt"]: nested });
    expect(await outcome(nested)).toBe("too_large");
  });

  test("an archive that holds itself ends", async () => {
    // What it holds is named as an archive, and is its own start.
    const zip = forged([
      { name: "a.zip", packed: bytes("PK\x03\x04"), size: 4, crc: crc32("PK\x03\x04"), method: 0 },
    ]);
    expect((await toMarkdown(zip)).warnings).toHaveLength(1);
  });

  test("names that lead elsewhere are only names", async () => {
    const { markdown } = await toMarkdown(
      zipSync({
        "../../etc/cron.d/x.txt": bytes("a"),
        "/abs.txt": bytes("b"),
        "c\n# d.txt": bytes("c"),
      }),
    );
    expect(markdown).toBe(
      "## File: ../../etc/cron.d/x.txt\n\na\n\n## File: /abs.txt\n\nb\n\n## File: c�# d.txt\n\nc\n",
    );
  });

  test("encrypted parts", async () => {
    const zip = forged([{ name: "a.txt", ...bomb, flags: 1 }]);
    expect((await toMarkdown(zip)).warnings).toEqual([
      "a.txt was left out: The archive's part a.txt is encrypted.",
    ]);
  });

  test.each(["docx", "pptx", "xlsx", "epub", "odt"])("a bomb within %s", async (kind) => {
    const part: Record<string, string> = {
      docx: "word/document.xml",
      pptx: "ppt/presentation.xml",
      xlsx: "xl/workbook.xml",
      epub: "META-INF/container.xml",
      odt: "content.xml",
    };
    const stored = (name: string, text: string) => ({
      name,
      packed: bytes(text),
      size: text.length,
      crc: crc32(text),
      method: 0,
    });
    const zip = forged([
      ...(kind === "epub" || kind === "odt"
        ? [
            stored(
              "mimetype",
              kind === "epub" ? "application/epub+zip" : "application/vnd.oasis.opendocument.text",
            ),
          ]
        : [stored("[Content_Types].xml", "<Types/>")]),
      { name: part[kind]!, ...bomb },
    ]);
    expect(await outcome(zip, { limits: { maxUnpackedBytes: 1_000_000 } })).toBe("too_large");
  });
});

describe("XML", () => {
  const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at || ""};`.repeat(10)}">`).join("")}]>`;
  const outside = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>';

  test.each([
    ["laughs", laughs, "&lol9;"],
    ["files from outside", outside, "&secret;"],
  ])("%s are not expanded in a feed", async (_, type, entity) => {
    const { markdown } = await toMarkdown(
      bytes(
        `<?xml version="1.0"?>${type}<rss><channel><title>a ${entity} b</title></channel></rss>`,
      ),
    );
    expect(markdown).toBe(`# a ${entity} b\n`);
  });

  test.each([
    [
      "Word",
      docx(paragraph("&secret;"), {
        "word/document.xml": `<?xml version="1.0"?>${outside}<w:document/>`,
      }),
    ],
    [
      "Word's notes",
      docx(paragraph("a"), {
        "word/footnotes.xml": `<?xml version="1.0"?>${laughs}<w:footnotes/>`,
      }),
    ],
    [
      "PowerPoint",
      pptx([{ shapes: shape({ text: ["a"] }) }], {
        "ppt/slides/slide1.xml": `${laughs}<p:sld>&lol9;</p:sld>`,
      }),
    ],
    [
      "Excel",
      packed({ "[Content_Types].xml": "<Types/>", "xl/workbook.xml": `${laughs}<workbook/>` }),
    ],
  ])("a document type in %s is refused", async (_, file) => {
    await expect(toMarkdown(file)).rejects.toMatchObject({
      code: "damaged",
      message: expect.stringContaining("declares a document type"),
    });
  });

  test.each([
    ["a feed", `<rss><channel>${"<a>".repeat(100_000)}`],
    ["a page", `<!doctype html>${"<div>".repeat(20_000)}a`],
    ["a page of lists", `<!doctype html>${"<ul><li>".repeat(5000)}a`],
    ["a notebook", `{"nbformat": 4, "cells": ${"[".repeat(100_000)}`],
  ])("%s that nests without end", async (_, text) => {
    expect(await outcome(bytes(text))).toBe("damaged");
  });
});

describe("time and memory", () => {
  /** Minutes of work for any parser of pages. */
  const heavy = bytes(
    `<!doctype html>${"<table><tr><td><b><i>x</b>".repeat(390)}${"<p>a <b>b</p>".repeat(200_000)}`,
  );

  test("the time is kept, whatever a parser does, and this thread goes on meanwhile", async () => {
    let longest = 0;
    let last = performance.now();
    const clock = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const started = performance.now();
    const code = await outcome(heavy, { limits: { timeout: 700 } });
    const took = performance.now() - started;
    clearInterval(clock);
    expect(code).toBe("timeout");
    expect(took).toBeLessThan(10_000);
    expect(longest).toBeLessThan(5000);
    // The next one is none the worse.
    expect((await toMarkdown(bytes("<!doctype html>a"))).markdown).toBe("a\n");
  });

  test("so is the memory", async () => {
    expect(await outcome(heavy, { limits: { maxMemoryBytes: 30_000_000 } })).toBe("too_large");
  });

  test("a signal ends it at once", async () => {
    const controller = new AbortController();
    const converting = toMarkdown(heavy, { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(converting).rejects.toMatchObject({ name: "AbortError" });
    await expect(toMarkdown(heavy, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("a table of a million columns is cut to what browsers show", async () => {
    const page = `<!doctype html><table><tr><td colspan="1000000000">a<td>b</tr><tr><td rowspan="1000000000">c<td>d</tr></table>`;
    const { markdown } = await toMarkdown(bytes(page));
    expect(markdown.length).toBeLessThan(1000);
  });

  test("a file that is too large is not read", async () => {
    expect(await outcome(bytes("12345"), { limits: { maxBytes: 4 } })).toBe("too_large");
  });
});

describe("anything at all", () => {
  const numRuns = process.env.POLYCALL_LONG ? 5000 : 30;
  const patience = { timeout: 20_000 + 50 * numRuns };
  const starts = [
    "",
    "%PDF-1.7\n",
    "PK\x03\x04",
    "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "<?xml ",
    "<!doctype html>",
    "{",
    "From: a\nTo: b\n",
    "\xff\xfe",
    "RIFF",
    "{\\rtf",
  ];
  const names = [
    "a.docx",
    "a.pdf",
    "a.csv",
    "a.json",
    "a.html",
    "a.eml",
    "a.zip",
    "a.ipynb",
    "a.xls",
    "a.msg",
    "a",
    "a.rss",
    "a.png",
  ];

  test("random bytes end in Markdown or a typed error", patience, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...names),
        async (start, rest, name) => {
          const source = Buffer.concat([Buffer.from(start, "latin1"), rest]);
          const reply = await toMarkdown(source, { name, limits: { timeout: 10_000 } }).catch(
            (error) => error,
          );
          if (reply instanceof Error) {
            expect(reply).toBeInstanceOf(DocumentError);
            expect((reply as DocumentError).code).not.toBe("timeout");
          } else expect(typeof reply.markdown).toBe("string");
        },
      ),
      { numRuns },
    );
  });

  const whole: [string, Uint8Array][] = [
    [
      "docx",
      docx(paragraph("Bees fly") + paragraph("and sting"), {
        "word/_rels/document.xml.rels": relationships(),
      }),
    ],
    ["pptx", pptx([{ shapes: shape({ text: ["Bees"] }), notes: "fly" }])],
    ["zip", zipSync({ "a.txt": bytes("a".repeat(50)), "b.csv": bytes("a,b") })],
  ];
  test.each(whole)(
    "a %s with bytes changed ends in Markdown or a typed error",
    patience,
    async (_, file) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
          fc.option(fc.nat(file.length)),
          async (changes, end) => {
            const copy = Buffer.from(file);
            for (const [at, value] of changes) copy[at] = value;
            const reply = await toMarkdown(copy.subarray(0, end ?? undefined)).catch(
              (error) => error,
            );
            if (reply instanceof Error) expect(reply).toBeInstanceOf(DocumentError);
            else expect(typeof reply.markdown).toBe("string");
          },
        ),
        { numRuns },
      );
    },
  );
});
