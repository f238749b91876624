/** Outlook messages, with their attachments. */
import reader, { type FieldsData } from "@kenjiuno/msgreader";
import type { Converter } from "../converter.ts";
import { damaged } from "../errors.ts";
import { mailbox, messageMarkdown } from "../formats/message.ts";

// A CommonJS module: its default export is a property of what arrives.
const { default: MsgReader } = reader;

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const message = new MsgReader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const fields = message.getFileData();
  if (fields.error) throw damaged(`The message could not be read: ${fields.error}`);
  const attachments = (fields.attachments ?? []).map((attachment, index) => ({
    name: attachment.fileName ?? attachment.name ?? `attachment ${index + 1}`,
    bytes() {
      const { content } = message.getAttachment(attachment);
      context.spend(content.length, 1);
      return content;
    },
  }));
  const html = fields.bodyHtml ?? (fields.html && new TextDecoder().decode(fields.html));
  return messageMarkdown(
    {
      ...{ subject: fields.subject, text: fields.body, html, attachments },
      date: fields.messageDeliveryTime ?? fields.clientSubmitTime,
      from: mailbox(fields.senderName, address(fields.senderSmtpAddress, fields.senderEmail)),
      to: recipients(fields, "to"),
      cc: recipients(fields, "cc"),
    },
    context,
  );
};

/** An address within Exchange (`/O=…`) says nothing to people. */
function address(...known: (string | undefined)[]): string | undefined {
  return known.find((one) => one?.includes("@"));
}

function recipients({ recipients = [] }: FieldsData, kind: "to" | "cc"): string {
  return recipients
    .filter(({ recipType = "to" }) => recipType === kind)
    .map(({ name, smtpAddress, email }) => mailbox(name, address(smtpAddress, email)))
    .filter(Boolean)
    .join(", ");
}
