/** Mails and Outlook messages, their attachments converted in their turn. */
import { CFB } from "@e965/xlsx";
import { expect, test } from "vitest";
import { toMarkdown } from "../src/index.ts";

const mail = (...lines: string[]) => Buffer.from(lines.join("\r\n"));

const head = [
  "Received: from a by b; Thu, 26 Nov 2026 08:00:00 +0000",
  "From: =?utf-8?q?Maja_Bien=C3=A9?= <maja@bees.example>",
  "To: willi@bees.example, Flip <flip@bees.example>",
  "Subject: =?utf-8?b?SG9uaWcg8J+Nrw==?=",
  "Date: Thu, 26 Nov 2026 09:30:00 +0100",
  "MIME-Version: 1.0",
];
const told = `# Email Message

**From:** Maja Biené <maja@bees.example>${"  "}
**To:** willi@bees.example, Flip <flip@bees.example>${"  "}
**Subject:** Honig 🍯${"  "}
**Date:** 2026-11-26T08:30:00.000Z`;

test("a plain mail, told by its content", async () => {
  const reply = await toMarkdown(
    mail(
      ...head,
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Gr=FC=DFe",
      "Maja",
    ),
  );
  expect(reply).toEqual({
    markdown: `${told}\n\n## Content\n\nGrüße\nMaja\n`,
    title: "Honig 🍯",
    metadata: {
      from: "Maja Biené <maja@bees.example>",
      to: "willi@bees.example, Flip <flip@bees.example>",
      date: "2026-11-26T08:30:00.000Z",
    },
    warnings: [],
  });
});

test("HTML and attachments; one that cannot be read does not stop the rest", async () => {
  const { markdown, warnings } = await toMarkdown(
    mail(
      ...head,
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/html; charset=utf-8",
      "",
      "<p>See <b>both</b></p>",
      "--b",
      "Content-Type: text/csv",
      'Content-Disposition: attachment; filename="a.csv"',
      "",
      "a,b",
      "1,2",
      "--b",
      "Content-Type: application/octet-stream",
      'Content-Disposition: attachment; filename="x.bin"',
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from([0, 1, 2, 3]).toString("base64"),
      "--b",
      "Content-Type: message/rfc822",
      "",
      "From: inner@bees.example",
      "To: a@bees.example",
      "Subject: Inner",
      "",
      "within",
      "--b--",
    ),
  );
  expect(markdown).toBe(`${told}

## Content

See **both**

## Attachment: a.csv

| a | b |
| --- | --- |
| 1 | 2 |

## Attachment: attachment 3

# Email Message

**From:** inner@bees.example${"  "}
**To:** a@bees.example${"  "}
**Subject:** Inner

## Content

within
`);
  expect(warnings).toEqual([
    expect.stringMatching(/^x\.bin was left out: No converter reads application\/octet-stream/),
  ]);
});

test("mails within mails end at the limit", async () => {
  let inner = mail("From: a@b.example", "To: c@d.example", "Subject: 0", "", "end");
  for (let at = 1; at < 6; at++)
    inner = mail(
      "From: a@b.example",
      "To: c@d.example",
      `Subject: ${at}`,
      "Content-Type: message/rfc822",
      "",
      inner.toString(),
    );
  await expect(toMarkdown(inner)).rejects.toMatchObject({ code: "too_large" });
});

/** The least of a message: properties as streams, by their number and type (Unicode text). */
function msg(streams: Record<string, string | Buffer>): Uint8Array {
  const file = CFB.utils.cfb_new();
  CFB.utils.cfb_del(file, "/\u0001Sh33tJ5");
  CFB.utils.cfb_add(file, "/__properties_version1.0", Buffer.alloc(32));
  for (const [path, value] of Object.entries(streams))
    CFB.utils.cfb_add(
      file,
      path,
      typeof value === "string" ? Buffer.from(value, "utf16le") : value,
    );
  return CFB.write(file, { type: "buffer" });
}

test("an Outlook message: what MarkItDown's own test asks of one", async () => {
  const bytes = msg({
    "/__substg1.0_0037001F": "Test Email Message",
    "/__substg1.0_1000001F": "This is the body of the test email message",
    "/__substg1.0_0C1A001F": "test.sender@example.com",
    "/__substg1.0_0C1F001F": "test.sender@example.com",
    "/__recip_version1.0_#00000000/__properties_version1.0": Buffer.alloc(8),
    "/__recip_version1.0_#00000000/__substg1.0_3001001F": "test.recipient@example.com",
    "/__recip_version1.0_#00000000/__substg1.0_39FE001F": "test.recipient@example.com",
    "/__attach_version1.0_#00000000/__properties_version1.0": Buffer.alloc(8),
    "/__attach_version1.0_#00000000/__substg1.0_3707001F": "note.md",
    "/__attach_version1.0_#00000000/__substg1.0_37010102": Buffer.from("# Note\n\nto you"),
  });
  const { markdown, title } = await toMarkdown(bytes, { name: "a.bin" });
  for (const text of [
    "# Email Message",
    "**From:** test.sender@example.com",
    "**To:** test.recipient@example.com",
    "**Subject:** Test Email Message",
    "## Content",
    "This is the body of the test email message",
    "## Attachment: note.md\n\n# Note\n\nto you",
  ])
    expect(markdown).toContain(text);
  expect(title).toBe("Test Email Message");
});
