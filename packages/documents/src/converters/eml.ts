/** Mails (RFC 822), with their attachments. */
import PostalMime, { type Address } from "postal-mime";
import type { Converter } from "../converter.ts";
import { mailbox, messageMarkdown } from "../formats/message.ts";

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const mail = await PostalMime.parse(bytes, { forceRfc822Attachments: true, maxNestingDepth: 50 });
  const attachments = mail.attachments.map(({ filename, mimeType, content }, index) => ({
    name: filename ?? `attachment ${index + 1}`,
    mediaType: mimeType,
    bytes() {
      const part =
        typeof content === "string" ? Buffer.from(content) : new Uint8Array(content as ArrayBuffer);
      context.spend(part.length, 1);
      return part;
    },
  }));
  const { from, to, cc, subject, date, text, html } = mail;
  return messageMarkdown(
    {
      ...{ subject, date, text, html, attachments },
      from: all(from && [from]),
      to: all(to),
      cc: all(cc),
    },
    context,
  );
};

function all(addresses: readonly Address[] | undefined): string {
  return (addresses ?? [])
    .flatMap((one) => one.group ?? [one])
    .map(({ name, address }) => mailbox(name, address))
    .filter(Boolean)
    .join(", ");
}
